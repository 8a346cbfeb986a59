//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"daybook/handlers/handlerstest"
)

// hostileCells are what people might call a thing, and what a spreadsheet has to have in its cell then.
var hostileCells = []struct{ name, cell string }{
	{`=1+1`, `'=1+1`},
	{`=cmd|' /C calc'!A0`, `'=cmd|' /C calc'!A0`},
	{`=HYPERLINK("http://x.test";"click")`, `'=HYPERLINK("http://x.test";"click")`},
	{`+49 30 1234`, `'+49 30 1234`},
	{`-2+3`, `'-2+3`},
	{`@SUM(A1:A9)`, `'@SUM(A1:A9)`},
	{"\t=1+2", "'\t'=1+2"},
	{`  =1+3`, `'  =1+3`},
	{`＝1+4`, `'＝1+4`},
	{`x=1+1`, `x=1+1`},
	{`x;=2+3;y`, `x;'=2+3;y`},
	{"hello\n=40+2\nbye", "hello\n'=40+2\nbye"},
	{"a, =1+5, \"@b\"", "a,' =1+5,' \"@b\""},
	{"say; \"=1+6\"", "say;' \"=1+6\""},
	{`say "hi", she said; and left`, `say "hi", she said; and left`},
	{"two\nlines", "two\nlines"},
	{`🎁 gift 👩‍👩‍👧 Ærø`, `🎁 gift 👩‍👩‍👧 Ærø`},
	{`שלום עולם`, `שלום עולם`},
	{`مرحبا بالعالم`, `مرحبا بالعالم`},
	{`'quoted`, `'quoted`},
}

// TestSpreadsheet opens exports in LibreOffice Calc, set to take whatever looks like a formula for one: the cells are right, and none is a formula.
func TestSpreadsheet(t *testing.T) {
	calc := newCalc(t)
	w := handlerstest.New(t)
	for _, c := range hostileCells {
		name, err := json.Marshal(c.name)
		if err != nil {
			t.Fatal(err)
		}
		w.Send(`{"actor": {"id": "carol"}, "action": "created", "resource": {"type": "task", "id": "1", "name": %s}, "description": %s}`, name, name)
	}
	const path = "/w/acme/export?actor_id=carol&columns=seq,resource.name,description,timestamp"
	download := func(query string) string {
		return w.Do(handlerstest.Request{As: "ada", Path: path + query}).Expect(t, 200).Body
	}
	for name, c := range map[string]struct{ query, filter string }{
		"with a mark, read as UTF-8":       {"&bom=true", "CSV:44,34,76,1"},
		"without a mark, read as UTF-8":    {"", "CSV:44,34,76,1"},
		"with formulas evaluated":          {"", "CSV:44,34,76,1,,0,false,true,false,false,0,true"},
		"with a mark, formulas, all marks": {"&bom=true", "CSV:44/59,34,76,1,,0,false,true,false,false,0,true"},
	} {
		t.Run(name, func(t *testing.T) {
			rows := calc.open(t, download(c.query), c.filter)
			if len(rows) != len(hostileCells)+1 || rows[0][0].text != "seq" || rows[0][1].text != "resource.name" {
				t.Fatalf("%d rows: %q", len(rows), rows)
			}
			for i, row := range rows[1:] {
				want := hostileCells[len(hostileCells)-1-i].cell
				for _, cell := range row[1:3] {
					if cell.text != want || cell.formula != "" || cell.kind != "string" {
						t.Errorf("the cell is %+v, not %q", cell, want)
					}
				}
				if row[0].kind != "float" {
					t.Errorf("the number is %+v", row[0])
				}
			}
		})
	}
	// In countries where cells are parted by semicolons or tabs, and with no quotation marks at all, cells are in pieces, and no piece is a formula.
	for _, separators := range []string{"59,34", "9,34", "44/59/9,34", "59,", "44,", "44/59/9,"} {
		table := calc.open(t, download(""), "CSV:"+separators+",76,1,,0,false,true,false,false,0,true")
		if found := formulas(table); len(found) > 0 {
			t.Errorf("parted by %s there are formulas: %+v", separators, found)
		}
		// Were the cells not made inert, it would be seen here.
		if raw := calc.open(t, download("&raw=true"), "CSV:"+separators+",76,1,,0,false,true,false,false,0,true"); len(formulas(raw)) == 0 {
			t.Errorf("parted by %s Calc takes nothing for a formula, so this test shows nothing: %q", separators, raw)
		}
	}
	if rows := calc.open(t, download("&raw=true"), "CSV:44,34,76,1,,0,false,true,false,false,0,true"); len(formulas(rows)) == 0 {
		t.Errorf("Calc takes nothing for a formula, so this test shows nothing: %q", rows)
	}
}

// formulas are the cells of a table that are executed.
func formulas(rows [][]calcCell) []calcCell {
	return slices.DeleteFunc(slices.Concat(rows...), func(c calcCell) bool { return c.formula == "" })
}

// calc is LibreOffice Calc with a profile of its own.
type calc struct{ binary, folder string }

func newCalc(t *testing.T) *calc {
	t.Helper()
	binary, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("the story of spreadsheets needs LibreOffice Calc: apt-get install libreoffice-calc-nogui")
	}
	return &calc{binary: binary, folder: t.TempDir()}
}

// calcCell is a cell as Calc has it.
type calcCell struct{ kind, formula, text string }

// open has a table read by a filter, with what people choose in the dialog of an import, and gives its cells.
func (c *calc) open(t *testing.T, table, filter string) [][]calcCell {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "table.csv")
	if err := os.WriteFile(file, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, c.binary, "-env:UserInstallation=file://"+c.folder, "--headless", "--norestore", "--convert-to", "fods", "--outdir", folder, "--infilter="+filter, file)
	command.Env = append(os.Environ(), "HOME="+c.folder, "LC_ALL=C.UTF-8")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	opened, err := os.Open(filepath.Join(folder, "table.fods"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = opened.Close() }()
	return cellsOf(t, opened)
}

// cellsOf reads the cells of a flat OpenDocument, without empty ones at the ends.
func cellsOf(t *testing.T, document io.Reader) (rows [][]calcCell) {
	t.Helper()
	decoder := xml.NewDecoder(document)
	var cell *calcCell
	lines, times, within := 0, 0, false
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return slices.DeleteFunc(rows, func(row []calcCell) bool { return len(row) == 0 })
		} else if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "table-row":
				rows = append(rows, nil)
			case "table-cell":
				cell, lines = &calcCell{kind: attribute(e, "value-type"), formula: attribute(e, "formula")}, 0
				times = repeated(e, "number-columns-repeated") // cells that are alike stand there once
			case "p":
				if within = cell != nil; within && lines > 0 {
					cell.text += "\n"
				}
				lines++
			}
			if within && cell != nil {
				cell.text += blanks(e)
			}
		case xml.CharData:
			if within && cell != nil {
				cell.text += string(e)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "p":
				within = false
			case "table-cell":
				if n := len(rows); cell != nil && cell.kind != "" {
					rows[n-1] = append(rows[n-1], slices.Repeat([]calcCell{*cell}, times)...)
				}
				cell = nil
			}
		}
	}
}

// blanks are what the document has elements for.
func blanks(e xml.StartElement) string {
	switch e.Name.Local {
	case "s":
		return strings.Repeat(" ", repeated(e, "c"))
	case "tab":
		return "\t"
	case "line-break":
		return "\n"
	}
	return ""
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// repeated is the number of an attribute, or 1.
func repeated(e xml.StartElement, name string) int {
	n, err := strconv.Atoi(attribute(e, name))
	if err != nil {
		return 1
	}
	return n
}
