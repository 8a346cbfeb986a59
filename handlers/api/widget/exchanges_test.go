package widget_test

import (
	"testing"

	"daybook/handlers/handlerstest"
)

func TestExchanges(t *testing.T) { handlerstest.Exchanges(t, "testdata", handlerstest.Exchanged) }
