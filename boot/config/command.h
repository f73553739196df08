// SPDX-License-Identifier: MIT
// The command and its argument, as typed in the UEFI shell. Pure.
#ifndef BOOT_CONFIG_COMMAND_H
#define BOOT_CONFIG_COMMAND_H

#include "boot/config/text.h"

//      name     arguments    what it does
#define COMMANDS(X)                                                                         \
	X(boot, "", "start Tessera and then the next loader (the default)")                 \
	X(check, "", "report whether Tessera can run on this machine; boot nothing")        \
	X(install, "[VOLUME]", "copy Tessera to a disk and put it first in the boot order") \
	X(remove, "", "undo install")                                                       \
	X(help, "", "show this")

#define COMMAND_ENUM(name, arguments, help) COMMAND_##name,
enum command_kind { COMMANDS(COMMAND_ENUM) COMMAND_COUNT };

#define COMMAND_ARGUMENT_SIZE 16

struct command {
	enum command_kind kind;
	char argument[COMMAND_ARGUMENT_SIZE]; // what follows it, "" = nothing
};

// Reads the load options, UTF-16 of `size` bytes at any address. From the shell they start with the
// name of the program, "fs0:\BOOTX64.EFI check", and an unknown word means help. In other places
// the options can be anything, and an unknown word means boot.
struct command command_parse(const u8 *options, size_t size);

#endif
