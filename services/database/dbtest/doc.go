// Package dbtest answers for databases of tests: real PostgreSQL, one server per test run, one database per test. It is
// imported by tests alone, and imports database and what lies inside it.
//
// The server is the built-in one with its durability switched off, in memory-backed space where there is room. The first
// test process of a run starts it and the others join. A process of its own, detached from the terminal, stops it and
// removes its folder a few seconds after the last test process has ended, however that ended. With
// TEST_DATABASE_URL that server is used instead; its role has to be allowed to make databases, and template databases
// (daybook_template_…) stay on it.
package dbtest
