// SPDX-License-Identifier: MIT
#include "boot/config/config.h"
#include "hv/lib/format.h"

u32 config_sample(char *to, u32 size)
{
	u32 length = format(to, size,
			    "# Settings of Tessera. Each line is key = value; # starts a comment. "
			    "Each key has its default here.\n");

	for (u32 i = 0; i < config_key_count && length < size; i++) {
		const struct config_key *key = &config_keys[i];

		length += format(to + length, size - length, "\n# %s\n# Takes: %s\n# %s = %s\n",
				 key->help, key->takes, key->name, key->fallback);
	}
	return length;
}
