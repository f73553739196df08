// SPDX-License-Identifier: MIT
// Sources: boot/config/command.c boot/config/config.c boot/config/config_keys.c
// Sources: boot/config/config_values.c boot/config/text.c hv/lib/number.c boot/efi/path.c
// Sources: boot/efi/option.c boot/efi/pe.c hv/lib/format.c
// Options: -max_len=4096
// Everything in the loader that takes other people's bytes apart, for libFuzzer.
#include "boot/config/command.h"
#include "boot/config/config.h"
#include "boot/efi/option.h"
#include "boot/efi/pe.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void fuzz_config(const u8 *data, size_t size)
{
	struct config config;
	struct config_report report;
	char message[200];

	config_default(&config);
	config_parse(&config, (struct slice){ (const char *)data, size }, size % 2, &report);
	for (u32 i = 0; i < MIN(report.count, CONFIG_KEPT); i++)
		config_explain(&report.kept[i], message, sizeof(message));
	if (config.memory % SIZE_2M || config.protects > BOOT_PROTECT_MAX)
		__builtin_trap();
}

static void fuzz_option(const u8 *data, size_t size)
{
	struct option option;
	u16 file[PATH_TEXT_SIZE];

	if (!option_parse(data, size, &option))
		return;
	path_kind(option.path);
	path_file(option.path, file);
	option_is_firmware(&option);
	if (path_disk(option.path))
		path_same_disk(path_disk(option.path), path_disk(option.path));
	if (option.data + option.data_size != data + size)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	fuzz_config(data, size);
	fuzz_option(data, size);
	command_parse(data, size);
	pe_has_section(data, size, PE_OWN_SECTION);
	return 0;
}
