// SPDX-License-Identifier: MIT
// Runs on the build machine: prints docs/config.md from the table of keys.
#include <stdio.h>

#include "boot/config/config.h"

static void print_keys(void)
{
	puts("| key | takes | without it | what it does |\n|---|---|---|---|");
	for (u32 i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];

		printf("| `%s` | ", key->name);
		for (const char *c = key->takes; *c; c++)
			printf(*c == '|' ? "\\|" : "%c", *c);
		printf(" | %s | %s |\n", *key->fallback ? key->fallback : "-", key->help);
	}
}

int main(void)
{
	static char sample[8192];

	puts("<!-- Made by `make config-doc` from boot/config/config_keys.c. -->\n"
	     "# tessera.conf\n\n"
	     "The loader reads `tessera.conf` in its own folder, else "
	     "`\\EFI\\tessera\\tessera.conf` "
	     "on its volume.\nA line is `key = value`; `#` at its start or after a blank starts a "
	     "comment. What the loader does\nnot understand is named with its line and left out; "
	     "where a key stands twice, the later line counts.\nNumbers are decimal, or "
	     "hexadecimal "
	     "after `0x`, with K, M or G behind them.\n");
	print_keys();
	config_sample(sample, sizeof(sample));
	printf("\n## A sample\n\nAs `BOOTX64.EFI install` writes it:\n\n```\n%s```\n", sample);
	return 0;
}
