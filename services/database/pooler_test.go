package database_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"daybook/services/database"
)

// poolerOf is the least that behaves like a pooler in transaction mode: all clients take turns, statement by statement, in
// one session of the database, except that a transaction keeps it.
func poolerOf(t *testing.T, d *database.Database) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	pool := &sessions{address: d.URL()}
	t.Cleanup(pool.close)
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go pool.serve(client)
		}
	}()
	address := url.URL{Scheme: "postgres", Host: listener.Addr().String(), Path: "/daybook", RawQuery: "sslmode=disable", User: url.User("daybook")}
	return address.String()
}

// sessions are those with the server that no transaction holds at the moment; the last used is used next.
type sessions struct {
	address string
	mu      sync.Mutex
	idle    []net.Conn
}

func (s *sessions) take() net.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.idle) - 1; last >= 0 {
		session := s.idle[last]
		s.idle = s.idle[:last]
		return session
	}
	config, err := pgx.ParseConfig(s.address)
	if err != nil {
		return nil
	}
	config.RuntimeParams = map[string]string{}
	conn, err := pgx.ConnectConfig(context.Background(), config)
	if err != nil {
		return nil
	}
	hijacked, err := conn.PgConn().Hijack()
	if err != nil {
		return nil
	}
	return hijacked.Conn
}

func (s *sessions) give(session net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = append(s.idle, session)
}

func (s *sessions) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, session := range s.idle {
		_ = session.Close()
	}
}

func (s *sessions) serve(client net.Conn) {
	defer client.Close()
	backend := pgproto3.NewBackend(client, client)
	if _, err := backend.ReceiveStartupMessage(); err != nil {
		return
	}
	backend.Send(&pgproto3.AuthenticationOk{})
	for name, value := range map[string]string{"server_version": "15.0", "client_encoding": "UTF8", "standard_conforming_strings": "on"} {
		backend.Send(&pgproto3.ParameterStatus{Name: name, Value: value})
	}
	backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	if backend.Flush() != nil {
		return
	}
	var session net.Conn
	for {
		message, err := backend.Receive()
		if err != nil {
			return
		}
		if _, ends := message.(*pgproto3.Terminate); ends {
			return
		}
		if session == nil {
			if session = s.take(); session == nil {
				return
			}
		}
		encoded, err := message.Encode(nil)
		if err != nil {
			return
		}
		if _, err := session.Write(encoded); err != nil {
			return
		}
		switch message.(type) {
		case *pgproto3.Query, *pgproto3.Sync:
			idle, err := answer(session, client)
			if err != nil {
				return
			}
			if idle {
				s.give(session)
				session = nil
			}
		}
	}
}

// answer passes the server's messages on until it is ready again, and tells whether no transaction is left open.
func answer(session io.Reader, client io.Writer) (idle bool, err error) {
	header := make([]byte, 5)
	for {
		if _, err := io.ReadFull(session, header); err != nil {
			return false, err
		}
		length := int(header[1])<<24 | int(header[2])<<16 | int(header[3])<<8 | int(header[4])
		body := make([]byte, length-4)
		if _, err := io.ReadFull(session, body); err != nil {
			return false, err
		}
		if _, err := client.Write(append(append([]byte{}, header...), body...)); err != nil {
			return false, err
		}
		if header[0] == 'Z' {
			return body[0] == 'I', nil
		}
	}
}
