// SPDX-License-Identifier: MIT
// Names for messages. The names of the VMCS fields are one string, the smallest form.
#include "vmx/vmcs/snapshot.h"

#define FIELD_ENCODING(name, encoding) encoding,
static const u16 encodings[] = { VMCS_FIELDS(FIELD_ENCODING) };

#define FIELD_NAME(name, encoding) #name "\0"
static const char names[] = VMCS_FIELDS(FIELD_NAME);

const char gpr_names[16][4] = { "RAX", "RCX", "RDX", "RBX", "---", "RBP", "RSI", "RDI",
				"R8",  "R9",  "R10", "R11", "R12", "R13", "R14", "R15" };

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
