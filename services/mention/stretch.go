package mention

import (
	"cmp"
	"slices"
	"strings"
)

// joined makes one of words of a name that belong together: that are in each other (Q. Zarbel), or beside each other (Zarbel, Quentin), also with tags of HTML between,
// which stay. The same word again is somebody named again.
func joined(text string, parts []hit) (whole []hit) {
	slices.SortStableFunc(parts, func(a, b hit) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var words []string // of the last one
	for _, h := range parts {
		if len(whole) > 0 {
			last := &whole[len(whole)-1]
			if h.from < last.to {
				last.to, last.local = max(last.to, h.to), last.local || h.local
				words = append(words, *h.word)
				continue
			}
			tags, isOne := "", false
			if !last.local && !slices.Contains(words, *h.word) && (!h.local || h.from == last.to+1) {
				tags, isOne = beside(text[last.to:h.from])
			}
			if isOne {
				if last.to, last.is, last.local = h.to, h.is, h.local; tags != "" {
					if last.tags != nil {
						tags = *last.tags + tags
					}
					last.tags = &tags
				}
				words = append(words, *h.word)
				continue
			}
		}
		whole, words = append(whole, h), append(words[:0], *h.word)
	}
	return whole
}

// longestGap bounds what stands between two words of a name.
const longestGap = 200

// beside tells whether there is nothing between two words of a name but what may be: blanks and a comma, or a sign without blanks. Tags of HTML, escaped or not, are
// given back.
func beside(gap string) (tags string, is bool) {
	if len(gap) > longestGap {
		return "", false
	}
	letters := lettersOf(nil, gap)
	for range maxEscapes + 1 {
		if tags, is := besideIn(gap, fold(nil, letters)); is {
			return tags, true
		}
		if !escaping(gap) {
			break
		}
		letters, _ = unescape(letters, way{controls: true})
	}
	return "", false
}

func besideIn(gap string, cells []cell) (tags string, is bool) {
	var between []rune
	for i := 0; i < len(cells); i++ {
		if cells[i].r != '<' {
			between = append(between, cells[i].r)
			continue
		}
		end := slices.IndexFunc(cells[i:], func(c cell) bool { return c.r == '>' })
		if end < 0 {
			return "", false
		}
		tags += gap[cells[i].from:cells[i+end].to]
		i += end
	}
	blanks := strings.Trim(string(between), " +_")
	return tags, blanks == "" || blanks == "," || len(between) == 1 && strings.Contains(".-", blanks)
}

// before gives where the small words begin that stand before a word of a name, as in the name itself: van der Berg.
func (l look) before(small [][]rune, i int) int {
	for range small {
		end := i
		for end > 0 && strings.ContainsRune(" +_", l.cells[end-1].r) {
			end--
		}
		n := slices.IndexFunc(small, func(word []rune) bool {
			from := end - len(word)
			return end < i && from >= 0 && slices.Equal(runesOf(l.cells[from:end]), word) && l.begins(from)
		})
		if n < 0 {
			break
		}
		i = end - len(small[n])
	}
	return i
}

// behind gives where those end that stand behind it.
func (l look) behind(small [][]rune, end int) int {
	for range small {
		from := l.blanks(end)
		n := slices.IndexFunc(small, func(word []rune) bool {
			to := from + len(word)
			return from > end && to <= len(l.cells) && slices.Equal(runesOf(l.cells[from:to]), word) && l.ends(to)
		})
		if n < 0 {
			break
		}
		end = from + len(small[n])
	}
	return end
}
