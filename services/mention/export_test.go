package mention

// Overlooks tells whether the sieve holds back a text in which somebody is.
func (f *Finder) Overlooks(text string) bool {
	return !mayHold(&f.sieve, text) && len(f.hits(text, Context{}, setting{person: true})) > 0
}
