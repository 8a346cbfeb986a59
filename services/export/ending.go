package export

// WhenStreamsEnd has something done as soon as whatever goes out is broken off (EndStreams), also while nobody reads it; unless it is forgotten before.
func (f *Files) WhenStreamsEnd(do func()) (forget func()) {
	g := &f.streams
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over {
		do()
		return func() {}
	}
	if g.told == nil {
		g.told = map[*func()]struct{}{}
	}
	g.told[&do] = struct{}{}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.told, &do)
	}
}
