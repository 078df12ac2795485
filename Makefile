# One non-recursive Makefile: a .c file added to a folder is a module added to the program.

VERSION = 0.1.0
PREFIX  = /usr/local
SBINDIR = $(PREFIX)/sbin
LIBDIR  = $(PREFIX)/lib/mailscanner
CONFDIR = /etc/MailScanner
DATADIR = $(PREFIX)/share/mailscanner
MANDIR  = $(PREFIX)/share/man
INCLUDEDIR = $(PREFIX)/include
PKGCONFIGDIR = $(PREFIX)/lib/pkgconfig
CC      = gcc
PROVE   = prove
BUILD   = build
# Below this directory it is named from here, so that the lists of what depends on what fit however it was given.
override BUILD := $(patsubst $(CURDIR)/%,%,$(BUILD))

PACKAGES  = glib-2.0 gio-2.0 libpcre2-8 jansson sqlite3 libcares libsystemd zlib gmime-3.0 libarchive libmagic libpsl libidn2 libseccomp
WARNINGS  = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wwrite-strings -Wvla -Wformat=2 -Wno-missing-field-initializers -Werror
OPTIMIZE  = -O2 -g
HARDENING = -fstack-protector-strong -D_FORTIFY_SOURCE=2
SANITIZER =
PKG_FLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS  := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
ALL_CFLAGS = -std=gnu17 $(OPTIMIZE) $(if $(SANITIZER),$(SANITIZER) -fno-omit-frame-pointer,$(HARDENING)) \
             $(WARNINGS) -I. -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DCONFDIR='"$(CONFDIR)"' \
             -DPLUGINDIR='"$(LIBDIR)/plugins"' -MMD -MP $(PKG_FLAGS) $(CFLAGS)
ALL_LDFLAGS = $(SANITIZER) -Wl,-z,relro,-z,now $(LDFLAGS)

LIB_SRC    = $(wildcard rules/*.c spool/*.c core/*/*.c)
CMD_SRC    = $(wildcard cmd/*.c)
PLUGIN_SRC = $(wildcard plugins/*.c)
# Plugins of several files, each in a folder of its name.
PLUGIN_DIRS = lua perl
PLUGIN_DIR_SRC = $(foreach dir,$(PLUGIN_DIRS),$(wildcard plugins/$(dir)/*.c))
EXAMPLES    = $(wildcard plugins/examples/*.*)
EXAMPLE_SRC = $(filter %.c,$(EXAMPLES))
UNIT_SRC   = $(wildcard t/unit/*.c)
TOOL_SRC   = $(wildcard t/bench/*.c t/crash/*.c)
FILE_RULES = $(wildcard rules/*.rules.conf rules/compat/*.rules.conf)
SHIM_SRC   = $(wildcard t/shim/*.c)
FUZZ_SRC   = $(wildcard t/fuzz/*.c)
HEADERS    = $(wildcard rules/*.h spool/*.h core/*/*.h cmd/*.h plugins/*.h $(PLUGIN_DIRS:%=plugins/%/*.h) t/unit/*.h t/bench/*.h t/crash/*.h t/fuzz/*.h)
MAN_PAGES  = $(wildcard cmd/*.[1-9] plugins/*.[1-9] plugins/*/*.[1-9] core/*/*.[1-9])
SITE_LISTS = phishing.safe.sites.conf phishing.bad.sites.conf country.domains.conf

PROGRAM = $(BUILD)/mailscanner
LIBRARY = $(BUILD)/libmailscanner.a
LIBS_sqlite = $(shell pkg-config --libs sqlite3)
LIBS_lists  = $(shell pkg-config --libs glib-2.0)
CFLAGS_lua  := $(shell pkg-config --cflags lua5.4 2>/dev/null)
# Perl's own flags, its headers as those of a library: they don't compile under our warnings.
CFLAGS_perl := $(patsubst -I%,-isystem %,$(filter-out -O% -g,$(shell perl -MExtUtils::Embed -e ccopts 2>/dev/null)))
LIBS_perl   = $(shell perl -MExtUtils::Embed -e ldopts) $(shell pkg-config --libs jansson)
PERL_MODULES = $(wildcard plugins/perl/MailScanner/*.pm)
LIBS_lua    = $(shell pkg-config --libs lua5.4 jansson)
PLUGINS = $(PLUGIN_SRC:%.c=$(BUILD)/%.so) $(PLUGIN_DIRS:%=$(BUILD)/plugins/%.so)
PC_FILE = $(BUILD)/mailscanner.pc
UNITS   = $(UNIT_SRC:%.c=$(BUILD)/%)
TOOLS   = $(TOOL_SRC:%.c=$(BUILD)/%)
SHIMS   = $(SHIM_SRC:%.c=$(BUILD)/%.so)
FUZZERS = $(FUZZ_SRC:%.c=$(BUILD)/%)
FUZZ_MAIN = $(BUILD)/t/fuzz/replay/main.o

.PHONY: all demo check tests sanitize crash fuzz bench lint format install uninstall clean help need-build need-check
.SECONDARY:

all: $(PROGRAM) $(PLUGINS) $(PERL_MODULES:%=$(BUILD)/%) $(PC_FILE)        ## build the program and its plugins (the default)

$(PROGRAM): $(CMD_SRC:%.c=$(BUILD)/%.o) $(LIBRARY)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -ldl

$(LIBRARY): $(LIB_SRC:%.c=$(BUILD)/%.o)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Texts that the assembler puts in.
$(BUILD)/core/act/report_built_in.o $(BUILD)/rules/language_built_in.o: $(wildcard core/act/reports/*/*)

$(BUILD)/plugins/%.so: plugins/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MT $@ -fPIC -shared $(ALL_LDFLAGS) -o $@ $< $(LIBS_$*)

define DIR_PLUGIN
$(BUILD)/plugins/$(1).so: $(patsubst %.c,$(BUILD)/%.o,$(wildcard plugins/$(1)/*.c))
	$$(CC) -shared $$(ALL_LDFLAGS) -o $$@ $$^ $$(LIBS_$(1))
$(BUILD)/plugins/$(1)/%.o: plugins/$(1)/%.c
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$(CFLAGS_$(1)) -fPIC -c -o $$@ $$<
endef
$(foreach dir,$(PLUGIN_DIRS),$(eval $(call DIR_PLUGIN,$(dir))))

$(BUILD)/plugins/perl/MailScanner/%.pm: plugins/perl/MailScanner/%.pm
	@mkdir -p $(@D)
	@cp $< $@

# For plugins that are built elsewhere.
$(PC_FILE): Makefile
	@mkdir -p $(@D)
	@printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$(INCLUDEDIR)' 'plugindir=$(LIBDIR)/plugins' '' 'Name: mailscanner' \
	    'Description: Plugins of mailscanner' 'Version: $(VERSION)' 'Cflags: -I$${includedir}' >$@

$(BUILD)/t/shim/%.so: t/shim/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -U_FORTIFY_SOURCE -fPIC -shared $(ALL_LDFLAGS) -o $@ $< -ldl

$(UNITS) $(TOOLS): $(BUILD)/%: $(BUILD)/%.o $(LIBRARY)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread -ldl

$(FUZZERS): $(BUILD)/%: $(BUILD)/%.o $(FUZZ_MAIN) $(LIBRARY)
	$(CC) $(ALL_LDFLAGS) $(FUZZ_LINK) -o $@ $^ $(PKG_LIBS) -lpthread -ldl

need-build:
	@t/need build
need-check:
	@t/need check

demo: need-build                  ## install what is missing, build, and show the program at work on a small queue
	@$(MAKE) --no-print-directory -s -j$$(nproc) all
	@t/demo $(PROGRAM)

check: need-check                 ## install what the tests need, build, and run every test
	@$(MAKE) --no-print-directory -j$$(nproc) all tests
	@MAILSCANNER=$(abspath $(PROGRAM)) BUILD=$(abspath $(BUILD)) t/run

tests: all $(UNITS) $(TOOLS) $(SHIMS) $(FUZZERS)

sanitize: need-check              ## run the same tests under the address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory BUILD=build-sanitize OPTIMIZE='-O1 -g' \
	    SANITIZER='-fsanitize=address,undefined -fno-sanitize-recover=undefined' check

crash: need-check                 ## stop, fail and cut the power at every file-system call; kill at random (long)
	@$(MAKE) --no-print-directory -j$$(nproc) all tests
	@MAILSCANNER=$(abspath $(PROGRAM)) BUILD=$(abspath $(BUILD)) t/crash/run --full

fuzz: need-check                  ## let libFuzzer look for input that does harm, FUZZ_SECONDS (60) for each target
	@t/need lint
	@$(MAKE) --no-print-directory -s -j$$(nproc) BUILD=build-fuzz CC=clang OPTIMIZE='-O1 -g' FUZZ_MAIN= FUZZ_LINK=-fsanitize=fuzzer \
	    SANITIZER='-fsanitize=address,undefined -fno-sanitize-recover=undefined' CFLAGS=-fsanitize=fuzzer-no-link \
	    $(FUZZ_SRC:%.c=build-fuzz/%)
	@t/fuzz/run

bench: need-check                 ## measure, as ratios within one run; writes build/bench.json
	@$(MAKE) --no-print-directory -j$$(nproc) all tests
	@MAILSCANNER=$(abspath $(PROGRAM)) BUILD=$(abspath $(BUILD)) t/bench/run

lint:                             ## check the format, compile each header alone, run cppcheck and clang-tidy
	@t/lint $(HEADERS) -- $(LIB_SRC) $(CMD_SRC) $(PLUGIN_SRC) $(PLUGIN_DIR_SRC) $(EXAMPLE_SRC) $(UNIT_SRC) $(TOOL_SRC) $(SHIM_SRC) $(FUZZ_SRC)

format:                           ## bring all sources into the house format
	clang-format -i $(HEADERS) $(LIB_SRC) $(CMD_SRC) $(PLUGIN_SRC) $(PLUGIN_DIR_SRC) $(EXAMPLE_SRC) $(UNIT_SRC) $(TOOL_SRC) $(SHIM_SRC) $(FUZZ_SRC)

install: all                      ## install program, plugins, manual pages and, where absent, the configuration (DESTDIR, PREFIX)
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(LIBDIR)/plugins/perl/MailScanner $(DESTDIR)$(CONFDIR)/rules $(DESTDIR)$(CONFDIR)/conf.d \
	    $(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(PKGCONFIGDIR) $(DESTDIR)$(DATADIR)/examples
	install -m 755 $(PROGRAM) $(DESTDIR)$(SBINDIR)/mailscanner
	install -m 755 $(PLUGINS) $(DESTDIR)$(LIBDIR)/plugins/
	install -m 644 $(PERL_MODULES) $(DESTDIR)$(LIBDIR)/plugins/perl/MailScanner/
	install -m 644 plugins/mailscanner.h $(DESTDIR)$(INCLUDEDIR)/
	install -m 644 $(PC_FILE) $(DESTDIR)$(PKGCONFIGDIR)/
	install -m 644 $(EXAMPLES) $(DESTDIR)$(DATADIR)/examples/
	for page in $(MAN_PAGES); do \
	    install -D -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/} || exit; \
	done
	test -e $(DESTDIR)$(CONFDIR)/MailScanner.conf || \
	    install -m 644 mailscanner.conf $(DESTDIR)$(CONFDIR)/MailScanner.conf
	install -d $(DESTDIR)$(CONFDIR)/rules/compat
	for file in $(FILE_RULES); do \
	    test -e $(DESTDIR)$(CONFDIR)/$$file || install -m 644 $$file $(DESTDIR)$(CONFDIR)/$$file || exit; \
	done
	for list in $(SITE_LISTS); do \
	    test -e $(DESTDIR)$(CONFDIR)/$$list || install -m 644 rules/$$list $(DESTDIR)$(CONFDIR)/ || exit; \
	done

uninstall:                        ## remove what install put there, but for the configuration
	rm -f $(DESTDIR)$(SBINDIR)/mailscanner
	rm -rf $(DESTDIR)$(LIBDIR) $(DESTDIR)$(DATADIR)
	rm -f $(DESTDIR)$(INCLUDEDIR)/mailscanner.h $(DESTDIR)$(PKGCONFIGDIR)/mailscanner.pc
	for page in $(MAN_PAGES); do rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done

clean:                            ## remove everything that was built
	rm -rf build build-*

help:                             ## list these targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
