# SPDX-License-Identifier: MIT
# Builds the programs with which `make bench` measures Tessera on the emulator.

BENCH := $(BUILD)/bench
BENCH_CFLAGS := $(filter-out -Os,$(BOOT_CFLAGS)) -O2 -fno-strict-aliasing
BENCH_SECTIONS := .text .sdata .data .rodata .dynamic .dynsym .rel .rela .reloc

bench-objects = $(patsubst %,$(BENCH)/%.o,$(1))
BENCH_AGENT := $(call bench-objects,hv/lib/format.c hv/lib/string.c \
	$(wildcard tests/bench/agent/*.c tests/bench/agent/*.asm))
BENCH_START := $(call bench-objects,hv/lib/format.c hv/lib/string.c boot/place/memory.c \
	boot/place/memory_map.c boot/place/page_rights.c tests/bench/agent/out.c)
BENCH_STARTERS := start-first start-second start-payload start-reserve

$(BENCH)/%.c.o: %.c tests/bench/bench.mk boot/boot.mk
	$(Q)mkdir -p $(@D)
	@echo "  CC    $< (bench)"
	$(Q)$(CC) $(BENCH_CFLAGS) -c $< -o $@

$(BENCH)/%.asm.o: %.asm tests/bench/bench.mk
	$(Q)mkdir -p $(@D)
	@echo "  NASM  $<"
	$(Q)$(NASM) -f elf64 -I. $< -o $@

# The same small loader in several builds, each of which starts another program. start-reserve
# stands in for Tessera's loader: it reserves the memory that Tessera would take.
$(BENCH)/start-%.o: BENCH_TARGET = $*
$(BENCH)/start-reserve.o: BENCH_TARGET = second
$(BENCH)/start-reserve.o: BENCH_RESERVE = -DRESERVE=0x1000000
$(BENCH)/start-%.o: tests/bench/start.c tests/bench/bench.mk boot/boot.mk
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_CFLAGS) '-DTARGET=L"$(BENCH_TARGET).efi"' $(BENCH_RESERVE) -c $< -o $@

BENCH_LINK = $(LD) -nostdlib -shared -Bsymbolic -znocombreloc -znoexecstack --no-undefined \
	-T $(GNU_EFI_LIB)/elf_x86_64_efi.lds $(GNU_EFI_LIB)/crt0-efi-x86_64.o $(filter %.o,$^) \
	-L$(GNU_EFI_LIB) -lefi -lgnuefi -o $@

$(BENCH)/agent.so: $(BENCH_AGENT)
	$(Q)$(BENCH_LINK)

$(BENCH)/start-%.so: $(BENCH)/start-%.o $(BENCH_START)
	$(Q)$(BENCH_LINK)

$(BENCH)/%.efi: $(BENCH)/%.so
	@echo "  EFI   $@"
	$(Q)$(OBJCOPY) $(addprefix -j ,$(BENCH_SECTIONS)) --target=efi-app-x86_64 $< $@

$(BENCH)/init: tests/bench/init.c tests/bench/agent/clock.h
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) -O2 $(WARNINGS) -I. -static $< -o $@

$(BENCH)/memory: tests/bench/memory.c $(wildcard ept/*.[ch] spp/*.[ch] hv/lib/pool.[ch])
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) -O1 $(WARNINGS) $(INCLUDES) $(filter %.c,$^) -o $@

# A second hypervisor that counts its VMREADs and VMWRITEs. Do not use its times.
##@ Benchmark
## bench-counted: build a hypervisor that counts its VMREADs and VMWRITEs
.PHONY: bench-counted
bench-counted:
	$(Q)$(MAKE) --no-print-directory BUILD=$(BENCH)/counted HVDEFS=-DCOUNT_VMCS \
		$(BENCH)/counted/BOOTX64.EFI

## bench-programs: build what tests/bench/run.py measures with
.PHONY: bench-programs
bench-programs: $(BUILD)/BOOTX64.EFI bench-counted $(BENCH)/init $(BENCH)/memory \
	$(BENCH)/agent.efi $(BENCH_STARTERS:%=$(BENCH)/%.efi)

.SECONDARY: $(BENCH_START) $(BENCH_STARTERS:%=$(BENCH)/%.o) $(BENCH_STARTERS:%=$(BENCH)/%.so)
-include $(BENCH_AGENT:.o=.d) $(BENCH_START:.o=.d) $(BENCH_STARTERS:%=$(BENCH)/%.d)
