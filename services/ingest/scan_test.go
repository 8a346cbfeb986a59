package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// writer makes random JSON documents, poisoned now and then, in one of many spellings.
type writer struct {
	strings.Builder
	dice *rand.Rand
}

func (w *writer) pick(from ...string) string { return from[w.dice.IntN(len(from))] }

func (w *writer) blank() { w.WriteString(w.pick("", "", "", " ", "\n\t", "\r\n")) }

func (w *writer) value(depth int) {
	w.blank()
	kind := w.dice.IntN(8)
	if depth == 0 {
		kind = 2 + w.dice.IntN(6)
	}
	switch kind {
	case 0:
		w.list(depth, '{', '}')
	case 1:
		w.list(depth, '[', ']')
	case 2, 3:
		w.str()
	case 4, 5, 6:
		w.number()
	default:
		w.WriteString(w.pick("true", "false", "null"))
	}
	w.blank()
}

func (w *writer) list(depth int, open, end byte) {
	w.WriteByte(open)
	for i := range w.dice.IntN(5) {
		if i > 0 {
			w.WriteByte(',')
		}
		w.blank()
		if open == '{' {
			w.str()
			w.blank()
			w.WriteByte(':')
		}
		w.value(depth - 1)
	}
	w.blank()
	w.WriteByte(end)
}

func (w *writer) str() {
	w.WriteByte('"')
	for range w.dice.IntN(4) {
		w.WriteString(w.pick("a", "b", "é", "😀", "{", "]", ",", ":", `\"`, `\\`, `\/`, `\n`, `\u0041`, `\u00e9`, `\ud83d\ude00`, `\\u0000`, `u0000`))
		if w.dice.IntN(60) == 0 {
			w.WriteString(w.pick(`\u0000`, `\ud800`, `\uDFFF`, `\ude00\ud83d`))
		}
	}
	w.WriteByte('"')
}

func (w *writer) number() {
	w.WriteString(w.pick("", "-"))
	switch w.dice.IntN(4) {
	case 0:
		fmt.Fprint(w, w.dice.IntN(100))
	case 1:
		w.WriteString(strconv.FormatFloat(w.dice.ExpFloat64()*1e3, w.pick("e", "f", "g")[0], -1, 64))
	case 2:
		w.WriteString(w.pick("0", "1", "12345678901234567", "9007199254740993", "0.1", "1.000", "100000000000000000000"))
		w.WriteString(w.pick("", "", "e5", "E-3", "e+300", "e-320", "e310", "e-400", "e401", "e99999999999999999999"))
	default:
		fmt.Fprintf(w, "%d.%d", w.dice.IntN(1e9), w.dice.IntN(1e9))
	}
}

// plainLoss is what scanValue looks for, told in a plain way: by decoding, with a walk over tokens and exact fractions.
func plainLoss(text string) (loss string, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return lossOfValue(d)
}

func lossOfValue(d *json.Decoder) (loss string, err error) {
	t, err := d.Token()
	if err != nil {
		return "", err
	}
	switch v := t.(type) {
	case json.Number:
		return lossOfNumber(string(v)), nil
	case string:
		return lossOfString(v), nil
	case json.Delim:
		return lossOfContainer(d, v == '{')
	}
	return "", nil
}

func lossOfContainer(d *json.Decoder, object bool) (loss string, err error) {
	seen := map[string]bool{}
	for d.More() {
		if object {
			t, err := d.Token()
			if err != nil {
				return "", err
			}
			loss += lossOfString(t.(string))
			if seen[t.(string)] {
				loss += "twice "
			}
			seen[t.(string)] = true
		}
		below, err := lossOfValue(d)
		if loss += below; err != nil {
			return "", err
		}
	}
	_, err = d.Token()
	return loss, err
}

// encoding/json writes U+FFFD for a lone surrogate, and the writer writes none.
func lossOfString(s string) (loss string) {
	if strings.Contains(s, "\x00") {
		loss += "NUL "
	}
	if strings.Contains(s, "\ufffd") {
		loss += "surrogate "
	}
	return loss
}

func lossOfNumber(literal string) string {
	_, power, _ := strings.Cut(strings.ToLower(literal), "e")
	if n, err := strconv.Atoi(power); power != "" && (err != nil || n > maxNumber || n < -maxNumber) {
		return "number "
	}
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil {
		return "number "
	}
	sent, _ := new(big.Rat).SetString(literal)
	kept, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	if sent.Cmp(kept) != 0 {
		return "number "
	}
	return ""
}

func TestTheScannerFindsWhatAPlainDecoderFinds(t *testing.T) {
	found := map[bool]int{}
	for seed := range uint64(20000) {
		w := &writer{dice: rand.New(rand.NewPCG(seed, 1))}
		w.value(5)
		text := w.String()
		loss, err := plainLoss(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		out := &report{index: -1}
		scanValue([]byte(text), out)
		if (loss != "") != (len(out.fields) > 0) {
			t.Fatalf("seed %d: %s\nhas %q, reported %+v", seed, text, loss, out.fields)
		}
		found[loss != ""]++
	}
	if found[true] < 1000 || found[false] < 1000 {
		t.Errorf("the documents are not random: %v", found)
	}
}

// Taking a text apart and putting it together again gives what encoding/json reads.
func TestTakingApart(t *testing.T) {
	for seed := range uint64(20000) {
		w := &writer{dice: rand.New(rand.NewPCG(seed, 2))}
		w.list(4, "{["[seed%2], "}]"[seed%2])
		text := []byte(w.String())
		var again strings.Builder
		if list, ok := items(text); ok {
			again.WriteString("[")
			for i, item := range list {
				again.WriteString(strings.Repeat(",", min(i, 1)) + string(item))
			}
			again.WriteString("]")
		} else {
			again.WriteString("{")
			for i, m := range readObject(text, "", &report{}).members {
				name, _ := json.Marshal(m.name)
				again.WriteString(strings.Repeat(",", min(i, 1)) + string(name) + ":" + string(m.value))
			}
			again.WriteString("}")
		}
		var want, got any
		if json.Unmarshal(text, &want) != nil {
			continue // a number that nothing holds
		}
		if m, ok := want.(map[string]any); ok {
			for name, v := range m {
				if v == nil {
					delete(m, name) // counts as absent
				}
			}
		}
		if err := json.Unmarshal([]byte(again.String()), &got); err != nil || fmt.Sprint(got) != fmt.Sprint(want) && !strings.Contains(string(text), "null") {
			t.Fatalf("%s\nbecame %s: %v", text, again.String(), err)
		}
	}
}

func TestLevels(t *testing.T) {
	for text, want := range map[string]int{
		`1`: 0, `"[["`: 0, `[]`: 1, `{}`: 1, `{"a": 1}`: 1, `[[], [[]], []]`: 3, `{"a": {"b": []}, "c\"[[[": "\\"}`: 3, `[1, "]", {"}": "\"}"}]`: 2, `null`: 0, ` true `: 0,
	} {
		if end, got := skip([]byte(text), 0); got != want && text[0] != ' ' || end != len(text) && text[0] != ' ' {
			t.Errorf("%s has %d levels and ends at %d", text, got, end)
		}
	}
}

func TestWhichNumbersSurvive(t *testing.T) {
	for literal, want := range map[string]bool{
		"0": true, "-0": true, "0e400": true, "0e401": false, "0e-400": true, "0.000e-401": false, "1e22": true, "1e23": true, "1e400": false, "1e-400": false, "5e-324": true,
		"4.9e-324": false, "4.9406564584124654e-324": false, "1.7976931348623157e308": true, "1.7976931348623158e308": false, "1.7976931348623159e308": false, "9007199254740992": true,
		"9007199254740993": false, "-9007199254740993": false, "100e-2": true, "0.1000": true, "0.10000000000000001": false, "0.30000000000000004": true, "1E5": true, "1e+5": true, "1e0005": true,
		"123456789012345678901234567890123456789012345678901234567890": false, "1" + strings.Repeat("0", 308): true, "1" + strings.Repeat("0", 309): false,
		"0." + strings.Repeat("0", 300) + "1": true, "0." + strings.Repeat("0", 500) + "1e501": false, "1e9223372036854775808": false, "1e-9223372036854775809": false,
	} {
		if written, ok := survivesFloat64(literal); ok != want || ok && written < len(literal) {
			t.Errorf("%s: %v, %d bytes", literal, ok, written)
		}
	}
}

func TestPlacesHaveNames(t *testing.T) {
	for text, want := range map[string]string{
		`{"a": {"b": [1, {"c": 1e400}]}}`: "a.b[1].c", `[[1e400]]`: "[0][0]", `1e400`: "body", `{"": 1e400}`: `""`, `{"a": {"": 1e400}}`: `a.""`, `{"\u0061\"\n": 1e400}`: "a\"\n",
		`{"a": {"b\u0000": 1}}`: "a", `{"a": 1, "a": 2}`: "a", `{"` + strings.Repeat("é", 40) + `": 1e400}`: strings.Repeat("é", 30) + "…",
		`{"x": [{"a": 1, "\u0061": {"z": "\u0000"}}]}`: "x[0].a.z x[0].a", `{"a": [1, 2], "b": 1e400}`: "b", `{"a": {"x": 1}, "x": 2}`: "",
	} {
		out := &report{}
		scanValue([]byte(text), out)
		var fields []string
		for _, f := range out.fields {
			fields = append(fields, f.Field)
		}
		if got := strings.Join(fields, " "); got != want {
			t.Errorf("%s: %q instead of %q", text, got, want)
		}
	}
}

func TestAReportIsBounded(t *testing.T) {
	out := &report{index: 3}
	if out.err(1) != nil {
		t.Error("nothing is an error")
	}
	for range 100 {
		out.add(strings.Repeat("é", 5000), "is %s", "bad")
	}
	if len(out.fields) != maxReported || len(out.fields[0].Field) > maxFieldName+len("…") || !strings.HasPrefix(out.err(1).Error(), "event 3: é") {
		t.Errorf("%d fields, %+v", len(out.fields), out.fields[0])
	}
}

func TestWithoutNUL(t *testing.T) {
	for text, want := range map[string]string{
		`"a"`: `"a"`, `"\u0000"`: `"\ufffd"`, `"\\u0000"`: `"\\u0000"`, `"\\\u0000\\"`: `"\\\ufffd\\"`, `"\u00000\u0000"`: `"\ufffd0\ufffd"`, `"\"\u0000"`: `"\"\ufffd"`, `\`: `\`,
	} {
		given := []byte(text)
		if got := withoutNUL(given); string(got) != want || string(given) != text {
			t.Errorf("%s became %s", text, got)
		}
	}
}

func TestCut(t *testing.T) {
	for _, limit := range []int{0, 1, 2, 3, 4} {
		if got := cut("aéé", limit); got != []string{"…", "a…", "a…", "aé…", "aé…"}[limit] {
			t.Errorf("%d: %q", limit, got)
		}
	}
	if cut("aéé", 5) != "aéé" || cut("\x80\x80", 1) != "…" {
		t.Error("the border")
	}
}

func TestAnUnknownErrorOfSyntaxIsASentenceToo(t *testing.T) {
	for text, want := range map[string]string{
		``: "unexpected end of JSON input at byte 0", `{"a": 1} x`: "invalid character 'x' after top-level value at byte 10", `[1,]`: "at byte 4", "\xff": "UTF-8",
		strings.Repeat("[", 10001): "exceeded max depth",
	} {
		if err := checkSyntax([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if checkSyntax([]byte(" {} ")) != nil {
		t.Error("blanks")
	}
}

func TestAClashIsAnErrorForTheSender(t *testing.T) {
	err := otherContent([]draft{{}, {named: "id", index: 7}}, 1)
	var c *clash
	if !errors.As(err, &c) || c.at != 1 || !slices.Contains([]string{err.Error()}, c.Unwrap().Error()) {
		t.Errorf("%v", err)
	}
}
