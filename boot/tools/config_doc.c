// SPDX-License-Identifier: MIT
// Runs on the build machine: prints docs/config.md from the table of keys.
#include <stdio.h>

#include "boot/config/config.h"

static void print_keys(void)
{
	puts("| key | values | default | needs a trusted file | meaning |\n|---|---|---|---|---|");
	for (u32 i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];

		printf("| `%s` | ", key->name);
		for (const char *c = key->takes; *c; c++)
			printf(*c == '|' ? "\\|" : "%c", *c);
		printf(" | %s | %s | %s |\n", *key->fallback ? key->fallback : "-",
		       key->weaker ? key->weaker : "-", key->help);
	}
}

int main(void)
{
	static char sample[8192];

	puts("<!-- Made by `make config-doc` from boot/config/config_keys.c. -->\n"
	     "# tessera.conf\n\n"
	     "The loader reads `tessera.conf` from its own folder, or else "
	     "`\\EFI\\tessera\\tessera.conf` from its\nvolume. Each line is `key = value`. `#` "
	     "starts a comment at the start of a line or after a blank. The\nloader ignores a "
	     "line that it does not understand and prints the line's number and the reason. If "
	     "a\nkey occurs more than once, the last line wins; `protect` adds a range each time. "
	     "Numbers are\ndecimal, or "
	     "hexadecimal after `0x`, and may end in K, M or G.\n\n"
	     "With Secure Boot on, the firmware verifies the loader but not this file. The loader "
	     "then ignores\nvalues that would weaken the guard or the system, and says so: the "
	     "fourth column. Without Secure Boot\nevery file is trusted, since whoever can write "
	     "it can replace the loader as well.\n");
	print_keys();
	config_sample(sample, sizeof(sample));
	printf("\n## A sample\n\nAs `BOOTX64.EFI install` writes it:\n\n```\n%s```\n", sample);
	return 0;
}
