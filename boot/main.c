// SPDX-License-Identifier: MIT
// The loader: reads the config, puts Tessera under the machine, and starts the next loader. It
// is gone once the operating system runs.
#include <efi.h>
#include <efilib.h>

#include "boot/config/command.h"
#include "boot/config/settings.h"
#include "boot/cpu/inspect.h"
#include "boot/cpu/probe.h"
#include "boot/cpu/protect.h"
#include "boot/efi/chain.h"
#include "boot/efi/once.h"
#include "boot/efi/say.h"
#include "boot/efi/wait.h"
#include "boot/place/bypass.h"
#include "boot/place/install.h"

#define REFUSAL_SECONDS 10

static EFI_STATUS refuse_start(void)
{
	EFI_INPUT_KEY key;

	say("required = yes: no operating system is started; press a key to return to the "
	    "firmware");
	wait_for_key(REFUSAL_SECONDS, &key);
	return EFI_SECURITY_VIOLATION;
}

static EFI_STATUS run_boot(const struct self *self, const char *argument)
{
	static struct config config;

	(void)argument;
	settings_read(self, &config);
	if (probe_tessera()) {
		say("Tessera is already running");
	} else if (bypass_wanted(&config) || !protect_machine(&config)) {
		if (config.required)
			return refuse_start();
		say("continuing WITHOUT Tessera: the system is not protected");
	}
	chain_start(self, config.next);
	return EFI_NOT_FOUND;
}

static EFI_STATUS run_check(const struct self *self, const char *argument)
{
	static struct config config;

	(void)argument;
	settings_read(self, &config);
	return inspect_machine(&config) ? EFI_SUCCESS : EFI_UNSUPPORTED;
}

static EFI_STATUS run_install(const struct self *self, const char *argument)
{
	return install(self, argument);
}

static EFI_STATUS run_remove(const struct self *self, const char *argument)
{
	(void)self;
	(void)argument;
	return install_undo();
}

static EFI_STATUS run_help(const struct self *self, const char *argument)
{
	(void)self;
	(void)argument;
#define COMMAND_HELP(name, arguments, help) say("  %-8s%-10s%s", #name, arguments, help);
	COMMANDS(COMMAND_HELP)
	return EFI_SUCCESS;
}

#define COMMAND_RUN(name, arguments, help) run_##name,
static EFI_STATUS (*const runners[])(const struct self *self,
				     const char *argument) = { COMMANDS(COMMAND_RUN) };

// gnu-efi's start-up code calls this after it has relocated the program.
EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	static struct self self;
	struct command command;
	EFI_STATUS status;

	ST = table;
	BS = table->BootServices;
	RT = table->RuntimeServices;
	self = self_find(image);
	if (!once_begin(image)) {
		say("this loader is already running: returning to the program that started it "
		    "again");
		return EFI_ALREADY_STARTED;
	}
	command = command_parse(self.options, self.options_size);
	status = runners[command.kind](&self, command.argument);
	once_end(image);
	return status;
}
