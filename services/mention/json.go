package mention

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// value is one JSON value being gone through: the text is copied as it stands, but for what is replaced.
type value struct {
	f     *Finder
	text  []byte
	c     Context
	d     Decide
	out   []byte
	done  int         // up to here the text is copied
	ends  map[int]int // of lists and objects, by where they begin
	finds []Find
}

// json replaces the person in a JSON value. What is no JSON is gone through as a text, in which it stays whatever it is.
func (f *Finder) json(place string, text json.RawMessage, r replacing) (json.RawMessage, []Find) {
	if !r.c.AnyCase && !mayHold(&f.sieve, text) {
		return text, nil
	}
	if !json.Valid(text) {
		replaced, finds := f.text(string(text), r)
		if len(finds) == 0 {
			return text, nil
		}
		return json.RawMessage(replaced), finds
	}
	v := value{f: f, text: text, c: r.c, d: r.d, ends: endsOf(text)}
	v.value(v.blanks(0), place, r.s)
	if v.done == 0 {
		return text, v.finds
	}
	return append(v.out, text[v.done:]...), v.finds
}

// put replaces a stretch of the text.
func (v *value) put(from, to int, with []byte) {
	v.out = append(append(v.out, v.text[v.done:from]...), with...)
	v.done = to
}

func (v *value) blanks(at int) int {
	for at < len(v.text) && (v.text[at] == ' ' || v.text[at] == '\t' || v.text[at] == '\n' || v.text[at] == '\r') {
		at++
	}
	return at
}

// value goes through the value that begins at a byte, and tells where it ends.
func (v *value) value(at int, place string, s setting) int {
	switch v.text[at] {
	case '{':
		return v.object(at, place, s)
	case '[':
		return v.list(at, place, s)
	case '"':
		end := v.end(at)
		before := v.string(at, end)
		after, finds := v.f.text(before, replacing{place: place, c: v.c, s: s, d: v.d})
		v.finds = append(v.finds, finds...)
		if after != before {
			v.put(at, end, quoted(after))
		}
		return end
	}
	end := v.end(at)
	v.number(at, end, place, s)
	return end
}

// number replaces a number that is an id, which then is a text.
func (v *value) number(at, end int, place string, s setting) {
	if !s.person && !s.id {
		return
	}
	s.ours = true
	after, finds := v.f.text(string(v.text[at:end]), replacing{place: place, c: v.c, s: s, d: v.d})
	v.finds = append(v.finds, finds...)
	if after != string(v.text[at:end]) {
		v.put(at, end, quoted(after))
	}
}

func (v *value) list(at int, place string, s setting) int {
	s.listed = true
	at = v.blanks(at + 1)
	for i := 0; v.text[at] != ']'; i++ {
		at = v.blanks(v.value(at, place+"/"+strconv.Itoa(i), s))
		if v.text[at] == ',' {
			at = v.blanks(at + 1)
		}
	}
	return at + 1
}

// member is one of an object.
type member struct {
	from, to int // its key, with quotes
	value    int // where its value begins
	key      string
}

// members reads the keys of the object that begins at a byte.
func (v *value) members(at int) (members []member, end int) {
	at = v.blanks(at + 1)
	for v.text[at] != '}' {
		m := member{from: at, to: v.end(at)}
		m.key = v.string(m.from, m.to)
		m.value = v.blanks(v.blanks(m.to) + 1)
		members = append(members, m)
		at = v.blanks(v.end(m.value))
		if v.text[at] == ',' {
			at = v.blanks(at + 1)
		}
	}
	return members, at + 1
}

func (v *value) object(at int, place string, s setting) int {
	members, end := v.members(at)
	keys := make([]string, len(members))
	taken, theirs := map[string]bool{}, map[int]bool{}
	of := s
	of.listed = true // its keys are several
	for i, m := range members {
		var finds []Find
		keys[i], finds = v.f.text(m.key, replacing{place: place + "/" + v.token(m.key, of), c: v.c, s: of, d: v.d})
		v.finds = append(v.finds, finds...)
		if keys[i] == m.key {
			taken[m.key] = true
		}
		theirs[i] = isAllOf(finds)
	}
	parts := v.nameInParts(members)
	about := v.about(members)
	for i, m := range members {
		if keys[i] != m.key {
			for name, n := keys[i], 2; taken[keys[i]]; n++ {
				keys[i] = name + "-" + strconv.Itoa(n)
			}
			taken[keys[i]] = true
			v.put(m.from, m.to, quoted(keys[i]))
		}
		under := place + "/" + v.token(m.key, of)
		if is, ok := parts[i]; ok {
			was := v.string(m.value, v.end(m.value))
			v.finds = append(v.finds, Find{Place: under, Kind: FullName, Certain: true, Was: was, Is: is})
			v.put(m.value, v.end(m.value), quoted(is))
			continue
		}
		within := inside(s, m.key, keys[i] != m.key, about)
		within.theirs = within.theirs || theirs[i]
		v.value(m.value, under, within)
	}
	return end
}

// inside tells what is known of the value of a member.
func inside(of setting, key string, replaced bool, about map[string]bool) setting {
	s := settingOf(key)
	if s.person {
		return s
	}
	switch {
	case of.person && identityKey(key):
		s = setting{person: true, weak: of.weak, id: s.id, listed: s.listed}
	case of.theirs && personalKey(key):
		s = setting{person: true, id: s.id, listed: s.listed}
	case of.person && replaced:
		s = setting{person: true}
	case len(about) > 0:
		words := keyWords(key)
		kind := ""
		if len(words) > 1 {
			kind = strings.Join(words[:len(words)-1], "_")
		}
		s.person = about[kind] && len(words) > 0 && identityWords[words[len(words)-1]]
	}
	return s
}

// about tells which of an object's members are about a person because another one says so, by the beginning of their names: {"type": "user", "id": 5} gives "",
// {"target_type": "user", "target_id": 5} gives "target".
func (v *value) about(members []member) map[string]bool {
	var about map[string]bool
	for _, m := range members {
		if v.text[m.value] != '"' {
			continue
		}
		words := keyWords(m.key)
		if len(words) == 0 || !objectTypes[words[len(words)-1]] || !PersonType(v.string(m.value, v.end(m.value))) {
			continue
		}
		if about == nil {
			about = map[string]bool{}
		}
		about[strings.Join(words[:len(words)-1], "_")] = true
	}
	return about
}

// firstNames and lastNames are the keys of names that are kept in two parts.
var (
	firstNames = wordSet("firstname first givenname given forename")
	lastNames  = wordSet("lastname last surname familyname family")
)

// nameInParts finds a name whose two parts are in two members: {"first_name": "Amara", "last_name": "Okafor"}. It gives what stands in their places.
func (v *value) nameInParts(members []member) map[int]string {
	first, last := -1, -1
	for i, m := range members {
		if v.text[m.value] != '"' {
			continue
		}
		switch key := strings.Join(keyWords(m.key), ""); {
		case firstNames[key]:
			first = i
		case lastNames[key]:
			last = i
		}
	}
	if first < 0 || last < 0 {
		return nil
	}
	name := v.string(members[first].value, v.end(members[first].value)) + " " + v.string(members[last].value, v.end(members[last].value))
	for _, h := range v.f.hits(name, v.c, setting{}) {
		if h.kind == FullName && h.certain && h.from == 0 && h.to == len(name) {
			given, family, _ := strings.Cut(DeletedName, " ")
			return map[int]string{first: given, last: family}
		}
	}
	return nil
}

// token writes a key for a JSON pointer. It does not say who the person is: what is found in the key is replaced in it, whether it will be there or not.
func (v *value) token(key string, s setting) string {
	key, _ = v.f.text(key, replacing{c: v.c, s: s, d: func(string, Kind) bool { return true }})
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// string reads the string between two bytes.
func (v *value) string(from, to int) string {
	if raw := v.text[from+1 : to-1]; bytes.IndexByte(raw, '\\') < 0 {
		return string(raw)
	}
	var s string
	if json.Unmarshal(v.text[from:to], &s) != nil {
		return ""
	}
	return s
}

// end tells where the value ends that begins at a byte.
func (v *value) end(at int) int {
	switch v.text[at] {
	case '{', '[':
		return v.ends[at]
	case '"':
		return endOfString(v.text, at)
	}
	for at < len(v.text) && !strings.ContainsRune(",:]} \t\n\r", rune(v.text[at])) {
		at++
	}
	return at
}

func endOfString(text []byte, at int) int {
	for at++; text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// endsOf finds where the lists and objects of a value end, all at once: however deep they are, that takes a single pass.
func endsOf(text []byte) map[int]int {
	ends := map[int]int{}
	var open []int
	for at := 0; at < len(text); at++ {
		switch text[at] {
		case '"':
			at = endOfString(text, at) - 1
		case '{', '[':
			open = append(open, at)
		case '}', ']':
			ends[open[len(open)-1]] = at + 1
			open = open[:len(open)-1]
		}
	}
	return ends
}

func quoted(text string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string is always written
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
