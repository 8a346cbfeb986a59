package auth

import (
	"net/netip"
	"strings"

	"daybook/models"
)

// From is where a request came from.
type From struct {
	IP        string
	UserAgent string
}

// address gives an address, with or without a port, in the form that the database keeps, or nil: an odd one must not keep anybody from
// signing in.
func address(text string) *string {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		withPort, err := netip.ParseAddrPort(text)
		if err != nil {
			return nil
		}
		addr = withPort.Addr()
	}
	s := addr.Unmap().WithZone("").String()
	return &s
}

// agent makes what a browser says of itself fit to store: any bytes may come.
func agent(text string) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\ufffd")
	if len(text) > models.MaxUserAgentBytes {
		text = strings.ToValidUTF8(text[:models.MaxUserAgentBytes], "")
	}
	return text
}
