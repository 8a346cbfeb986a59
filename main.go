// Daybook is a self-hosted activity feed and audit trail. This file has the commands, their configuration and the signals; what they do is in
// handlers/cli.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones, also where the system has none

	"github.com/alecthomas/kong"

	"daybook/handlers/cli"
)

var commands struct {
	cli.Config
	Version kong.VersionFlag `help:"Say which version this is."`

	Serve   cli.Serve   `cmd:"" help:"Serve pages and JSON, and post what applications send."`
	Migrate cli.Migrate `cmd:"" help:"Bring the database up to date; serve does it by itself."`
	Backup  cli.Backup  `cmd:"" help:"Write everything to a file, also while Daybook is serving."`
	Restore cli.Restore `cmd:"" help:"Bring back what a backup holds; what is there now is kept beside."`
	Import  cli.Import  `cmd:"" help:"Read events from a file (NDJSON, plain or gzip)."`

	Workspace struct {
		Create cli.WorkspaceCreate `cmd:"" help:"Make a workspace."`
	} `cmd:"" help:"Workspaces."`
	User struct {
		Create    cli.UserCreate    `cmd:"" help:"Make somebody who can sign in."`
		Report    cli.UserReport    `cmd:"" help:"Write everything that is kept about a person to a file."`
		Anonymise cli.UserAnonymise `cmd:"" help:"Have a person forgotten, while the record stays whole."`
	} `cmd:"" help:"People who can sign in."`
	Member struct {
		Add    cli.MemberAdd    `cmd:"" help:"Make a user a member of a workspace, or give a member another role."`
		Remove cli.MemberRemove `cmd:"" help:"End a membership."`
	} `cmd:"" help:"Members of workspaces."`
	Project struct {
		Grant  cli.ProjectGrant  `cmd:"" help:"Give somebody access to a project."`
		Revoke cli.ProjectRevoke `cmd:"" help:"Take it away."`
	} `cmd:"" help:"Access to projects."`
	Token struct {
		Create cli.TokenCreate `cmd:"" help:"Make a token; prints it alone, once."`
		List   cli.TokenList   `cmd:"" help:"List tokens with their numbers, never their texts."`
		Revoke cli.TokenRevoke `cmd:"" help:"End a token at once."`
	} `cmd:"" help:"Tokens of applications and people."`
	Erasure struct {
		Replay cli.ErasureReplay `cmd:"" help:"After a restore: anonymise once more those who were anonymised since the backup."`
		Ledger cli.ErasureLedger `cmd:"" help:"Write anew, from the database, the file that replay goes by."`
	} `cmd:"" help:"Erasures of people."`
	Verify struct {
		Activities cli.VerifyActivities `cmd:"" help:"Hold every activity against its leaf, and look for missing ones; exit 1 when something is not as it was recorded."`
		Counts     cli.VerifyCounts     `cmd:"" help:"Count all activities again, and compare that with what statistics are read from; exit 1 when it differs."`
	} `cmd:"" help:"Checks of what is stored; they change nothing."`
}

// Exit codes: 0 done, 1 refused or failed, 2 the command line was not understood.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // who asks twice does not want to wait for a tidy end
	parser := kong.Must(&commands, kong.Name("daybook"), kong.Description("An activity feed and audit trail."), kong.Vars{"version": cli.Version()}, kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	command, err := parser.Parse(os.Args[1:])
	if err != nil {
		parser.Stdout = os.Stderr // standard output is for what was asked for
		var wrong *kong.ParseError
		if errors.As(err, &wrong) {
			_ = wrong.Context.PrintUsage(true)
		}
		fmt.Fprintf(os.Stderr, "\ndaybook: %v\n", err)
		os.Exit(2)
	}
	command.BindTo(ctx, (*context.Context)(nil))
	command.Bind(commands.Config)
	if err := command.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "daybook:", cli.Explain(err))
		os.Exit(1)
	}
}
