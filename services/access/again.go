package access

import "slices"

// Again gives a scope that the viewer had once, for work that goes on after its request: exactly what it was, so that the same rows are in it; and
// nothing when the viewer may not read all of it any more. With addresses, those count as part of it.
func (v Viewer) Again(r Region, addresses bool) (Scope, bool) {
	now := v.Scope(r.System)
	if len(now.parts) == 0 || r.Workspace != v.Workspace.ID || addresses && !v.ReadsAll() {
		return Scope{}, false
	}
	if !now.parts[0].covers(r) {
		return Scope{}, false
	}
	return Scope{parts: []part{{Region: r, list: v.Name(), self: v.actors, addresses: addresses}}}, true
}

// covers tells whether everything of another region of the same workspace is in this one, as far as their lists say: not whether rows happen to be.
func (r Region) covers(other Region) bool {
	if other.Empty() {
		return true
	}
	if other.System && !r.System {
		return false
	}
	if r.All {
		return true
	}
	return !other.All && within(other.Projects, r.Projects) && within(other.Own, r.Own) &&
		(r.Within == nil || other.Within != nil && within(other.Within, r.Within))
}

// within tells whether each of some ids is among others.
func within(ids, of []int64) bool {
	return !slices.ContainsFunc(ids, func(id int64) bool { return !slices.Contains(of, id) })
}
