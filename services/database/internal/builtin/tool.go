package builtin

import (
	"context"
	"io"
	"os/exec"
	"syscall"
)

// Tool is a run of one of PostgreSQL's client programs, as ourselves.
type Tool struct {
	Path        string
	Args        []string
	Environment []string  // on top of the little that PostgreSQL's programs get to see
	Output      io.Writer // nil: thrown away
}

// Run runs the program to its end. On failure reason is its own last complaint, for a sentence. ctx ends it.
func (t Tool) Run(ctx context.Context) (reason string, err error) {
	command := exec.Command(t.Path, t.Args...)
	command.Env = append(environment(), t.Environment...)
	// Ctrl-C ends it through ctx, and not behind our back.
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	output, err := run(ctx, command, t.Output)
	if err == nil || ctx.Err() != nil {
		return "it was interrupted", err
	}
	return complaintIn(output), err
}
