package words

import (
	"strings"
	"testing"
)

func TestReadingAnEstimate(t *testing.T) {
	if n, err := expectedRows(`[{"Plan": {"Node Type": "Result", "Plan Rows": 12.5}}]`); n != 12.5 || err != nil {
		t.Error(n, err)
	}
	for _, text := range []string{`[]`, `[{}, {}]`, `{`, `null`} {
		if _, err := expectedRows(text); err == nil || strings.Contains(err.Error(), "nil") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
