package export

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"daybook/models"
)

func FuzzTextCell(f *testing.F) {
	for _, text := range []string{"", "a", "=1", " =1", "\"", "a,\"b\"\n", "\ufeff=", "＝", "\xff=", "\x00", "\r", "'=1", "é;é", "x;=2+3;y", "hello\n=40+2\nbye", "a,\"-1", "\t;\"\" ＠x", "\r\n=1", "a;b-c", "\";=1"} {
		f.Add(text, "x")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, raw := range []bool{false, true} {
			line := textCell(append(textCell(nil, a, raw), ','), []byte(b), raw)
			reader := csv.NewReader(bytes.NewReader(append(line, "\r\n"...)))
			reader.FieldsPerRecord = 2
			cells, err := reader.Read()
			if err != nil {
				t.Fatalf("%q, %q: %q: %v", a, b, line, err)
			}
			for i, was := range []string{a, b} {
				if was = strings.ReplaceAll(was, "\r\n", "\n"); raw && cells[i] != was { // encoding/csv reads line breaks so
					t.Errorf("%q is read back as %q", was, cells[i])
				}
				if strings.ReplaceAll(cells[i], "'", "") != strings.ReplaceAll(was, "'", "") {
					t.Errorf("%q is read back as %q, which differs by more than apostrophes", was, cells[i])
				}
				if formulaIn(was) == "" && !strings.ContainsAny(was[:min(len(was), 1)], "\t\r\n") && cells[i] != was {
					t.Errorf("%q is harmless, and is read back as %q", was, cells[i])
				}
				if found := formulaIn(cells[i]); !raw && found != "" {
					t.Errorf("%q would be executed, of %q", found, cells[i])
				}
			}
		}
	})
}

// formulaIn gives the part of a cell that a spreadsheet might execute, whatever separates cells for it.
func formulaIn(cell string) string {
	for i, part := range strings.Split(strings.NewReplacer(",", "\n", ";", "\n", "\t", "\n", "\r", "\n").Replace(cell), "\n") {
		first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(part, func(r rune) bool {
			return i > 0 && r == '"' || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
		}))
		if strings.ContainsRune("=+-@＝＋－＠", first) {
			return part
		}
	}
	return ""
}

// What a part of a cell would be elsewhere is inert, too, and what is harmless stays as it is.
func TestPartsOfCells(t *testing.T) {
	for text, want := range map[string]string{
		"x;=2+3;y": `"x;'=2+3;y"`, "hello\n=40+2\nbye": "\"hello\n'=40+2\nbye\"", "a,\"-1": `"a,'""-1"`, "\t=1": "\"'\t'=1\"", "a\r\n ＝1": "\"a\r\n' ＝1\"",
		"a-b; c=d": `"a-b; c=d"`, "a;b, c\nd": "\"a;b, c\nd\"", "1+1=2": "1+1=2", "；=1": "；=1",
	} {
		if got := string(textCell(nil, text, false)); got != want {
			t.Errorf("%q is %s, not %s", text, got, want)
		}
		if got := string(textCell(nil, text, true)); strings.Contains(got, "'") {
			t.Errorf("%q is %s, raw", text, got)
		}
	}
}

func TestTimes(t *testing.T) {
	for zone, cases := range map[string]map[string]string{
		"UTC":           {"2026-01-31T09:00:00Z": "2026-01-31T09:00:00.000000Z", "1970-01-01T00:00:00.000001Z": "1970-01-01T00:00:00.000001Z"},
		"Europe/Berlin": {"2026-03-29T00:59:59.9Z": "2026-03-29T01:59:59.900000+01:00", "2026-03-29T01:00:00Z": "2026-03-29T03:00:00.000000+02:00"},
		"America/St_Johns": {
			"2026-01-01T00:00:00.12Z": "2025-12-31T20:30:00.120000-03:30", "2010-11-07T02:30:59Z": "2010-11-07T00:00:59.000000-02:30", "2010-11-07T02:31:00Z": "2010-11-06T23:01:00.000000-03:30",
		},
		"Asia/Kolkata": {"2026-01-01T18:30:00Z": "2026-01-02T00:00:00.000000+05:30"},
	} {
		location, err := loadZone(zone)
		if err != nil {
			t.Fatal(err)
		}
		c := clock{zone: location}
		for at, want := range cases {
			instant, err := time.Parse(time.RFC3339Nano, at)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(c.append(nil, instant.UnixMicro())); got != want {
				t.Errorf("%s in %s is %s, not %s", at, zone, got, want)
			}
		}
	}
	// Against the library, at any time, in turn, so that what is kept of the last day is asked for.
	for _, zone := range []string{"Australia/Lord_Howe", "America/Sao_Paulo", "UTC", "Pacific/Apia"} {
		location, err := loadZone(zone)
		if err != nil {
			t.Fatal(err)
		}
		c := clock{zone: location}
		for i := range 20_000 {
			at := time.UnixMicro(int64(i) * 88_123_456_789).In(location)
			want := at.Format("2006-01-02T15:04:05.000000Z07:00")
			if got := string(c.append(nil, at.UnixMicro())); got != want {
				t.Fatalf("%s, not %s", got, want)
			}
		}
	}
	for _, zone := range []string{"Local", "Nowhere", "../etc/passwd", "/etc/localtime"} {
		if _, err := loadZone(zone); err == nil {
			t.Errorf("%s is a zone", zone)
		}
	}
}

// Every column has a name of its own, where it comes from, and a place in the groups; every alias stands for one; defaults are there.
func TestColumns(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Columns {
		if seen[c.Name] || c.Label == "" || c.Group == "" || canonical(c.Name) != c.Name {
			t.Errorf("%+v", c)
		}
		seen[c.Name] = true
		if _, ok := sources[c.Name]; !ok && c.Name != "timestamp" && c.Name != "created_at" {
			t.Errorf("nothing says what %s is made of", c.Name)
		}
	}
	for alias, name := range aliases {
		if !seen[name] || seen[alias] {
			t.Errorf("%s stands for %s", alias, name)
		}
	}
	if err := (Layout{Columns: DefaultColumns}).Check(); err != nil {
		t.Error(err)
	}
	if seed := strings.Join(DefaultColumns[:6], ","); seed != "timestamp,actor,action,resource_type,resource_id,description" {
		t.Error(seed)
	}
	for name, l := range map[string]Layout{"json": {Format: JSON}, "event": {Format: NDJSON, Form: EventForm}, "raw": {Raw: true, BOM: true, Zone: "Asia/Kolkata"}} {
		if err := l.Check(); err != nil {
			t.Error(name, err)
		}
	}
	err := (Layout{Format: "pdf", Form: "x", Columns: []string{"?"}, Zone: "x"}).Check()
	if models.KindOf(err) != models.Malformed || len(fieldsOf(err)) != 4 {
		t.Error(err, fieldsOf(err))
	}
}

func fieldsOf(err error) []models.FieldError {
	e, ok := err.(*models.Error) //nolint:errorlint // JoinFields gives it as it is
	if !ok {
		return nil
	}
	return e.Fields
}
