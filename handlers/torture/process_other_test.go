//go:build !linux

package torture

import "syscall"

func dieWithUs(a *syscall.SysProcAttr) *syscall.SysProcAttr { return a }

func useMemory() {}
