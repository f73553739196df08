// SPDX-License-Identifier: MIT
// The VMCS fields as data: numbers and names in one piece each, which is the smallest they get.
#include "vmx/snapshot.h"

#define FIELD_ENCODING(name, encoding) encoding,
static const u16 encodings[] = { VMCS_FIELDS(FIELD_ENCODING) };

#define FIELD_NAME(name, encoding) #name "\0"
static const char names[] = VMCS_FIELDS(FIELD_NAME);

const char *vmcs_field_name(u32 index)
{
	const char *name = names;

	for (; index; name++)
		index -= !*name;
	return name;
}

u32 vmcs_field_encoding(u32 index)
{
	return encodings[index];
}

u32 vmcs_field_index(u32 encoding)
{
	u32 index = 0;

	while (encodings[index] != encoding)
		index++;
	return index;
}
