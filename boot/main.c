// SPDX-License-Identifier: MIT
// The loader: reads the config, puts Tessera under the machine, and starts the next loader. Nothing
// of it stays once the operating system runs.
#include <efi.h>
#include <efilib.h>

#include "boot/chain.h"
#include "boot/once.h"
#include "boot/probe.h"
#include "boot/protect.h"
#include "boot/say.h"
#include "boot/settings.h"
#include "boot/wait.h"

#define REFUSAL_SECONDS 10

static EFI_STATUS refuse(void)
{
	say("required = yes: no operating system is started; press a key to go back to firmware");
	wait_for_key(REFUSAL_SECONDS);
	return EFI_SECURITY_VIOLATION;
}

static EFI_STATUS boot_machine(const struct self *self)
{
	static struct config config;

	settings_read(self, &config);
	if (probe_tessera())
		say("Tessera runs already");
	else if (!protect_machine(&config)) {
		if (config.required)
			return refuse();
		say("going on WITHOUT Tessera: the system is not protected");
	}
	chain_start(self, config.next);
	return EFI_NOT_FOUND;
}

// Where gnu-efi's start-up code goes once it has relocated us.
EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	static struct self self;
	EFI_STATUS status;

	ST = table;
	BS = table->BootServices;
	RT = table->RuntimeServices;
	self = self_find(image);
	if (!once_begin(image)) {
		say("this loader runs already: going back to what started it again");
		return EFI_ALREADY_STARTED;
	}
	status = boot_machine(&self);
	once_end(image);
	return status;
}
