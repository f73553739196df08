// SPDX-License-Identifier: MIT
#include "vmx/check/entry_state.h"

#define FIELD_NAME(name, encoding) #name,
static const char *const names[] = { ENTRY_FIELDS(FIELD_NAME) };

#define FIELD_ENCODING(name, encoding) encoding,
static const u16 encodings[] = { ENTRY_FIELDS(FIELD_ENCODING) };

const char *entry_field_name(u32 place)
{
	return names[place];
}

u32 entry_field_encoding(u32 place)
{
	return encodings[place];
}

void entry_state_read(struct entry_state *s, bool (*read)(u64 encoding, u64 *value))
{
	for (u32 i = 0; i < ENTRY_FIELD_COUNT; i++)
		if (!read(encodings[i], &s->value[i]))
			s->value[i] = 0;
}
