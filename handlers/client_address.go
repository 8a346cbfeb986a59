package handlers

import (
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// clientIP gives the address a request comes from. X-Forwarded-For is believed from trusted proxies only, from its end to the first address that
// is none of them.
func (s *Server) clientIP(c *fiber.Ctx) string {
	addr, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		return ""
	}
	addr = addr.Unmap()
	hops := forwarded(c)
	for i := len(hops) - 1; i >= 0 && s.trusts(addr); i-- {
		next, err := hopAddress(hops[i])
		if err != nil || next.Zone() != "" {
			break
		}
		addr = next.Unmap()
	}
	return addr.String()
}

// forwarded lists the hops of X-Forwarded-For. A proxy may add its own as a further line of the header: reading the first line alone would be
// believing the client.
func forwarded(c *fiber.Ctx) []string {
	var hops []string
	for _, line := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		hops = append(hops, strings.Split(string(line), ",")...)
	}
	return hops
}

// hopAddress reads an address of X-Forwarded-For; some proxies add the port.
func hopAddress(hop string) (netip.Addr, error) {
	hop = strings.TrimSpace(hop)
	if with, err := netip.ParseAddrPort(hop); err == nil {
		return with.Addr(), nil
	}
	return netip.ParseAddr(strings.Trim(hop, "[]"))
}

func (s *Server) trusts(addr netip.Addr) bool {
	for _, p := range s.config.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// isLocal tells whether a request comes from this machine itself and not through a proxy.
func (s *Server) isLocal(c *fiber.Ctx) bool {
	for _, name := range []string{fiber.HeaderXForwardedFor, "Forwarded", "X-Real-IP", "Via", fiber.HeaderXForwardedHost, fiber.HeaderXForwardedProto} {
		if len(c.Request().Header.PeekAll(name)) > 0 {
			return false
		}
	}
	return c.Context().RemoteIP().IsLoopback()
}
