// The command line: exit statuses, help, options as GNU programs have them. Commands and options are those of the registries.
#include <doctest/doctest.h>

#include <set>

#include "process.hpp"

using test::contains;

namespace {

struct Row {
  std::string flags, argument, commands;
};
const Row kOptions[] = {
#define NTK_OPTION(member, type, flags, argument, fallback, commands, help) {flags, argument, commands},
#include "cli/options.def"
#undef NTK_OPTION
};
struct Command {
  std::string name;
  int at_least;
};
const Command kCommands[] = {
#define NTK_COMMAND(name, operands, at_least, at_most, summary) {#name, at_least},
#include "cli/commands.def"
#undef NTK_COMMAND
};
bool on(const Row& row, const std::string& command) {
  return row.commands == "*" || contains(" " + row.commands + " ", " " + command + " ");
}

}  // namespace

TEST_CASE("every command has a help with all its options, and refuses unknown ones") {
  const test::Folder folder;
  const auto all = folder.ntkc("--help");
  CHECK(all.status == 0);
  for (const Command& command : kCommands) {
    CAPTURE(command.name);
    CHECK(contains(all.out, "  " + command.name + " "));
    const auto help = folder.ntkc(command.name + " --help");
    CHECK(help.status == 0);
    CHECK(help.out == folder.ntkc(command.name + " -h").out);
    CHECK(help.out == folder.ntkc("help " + command.name).out);
    for (const Row& row : kOptions) {
      const std::string flag = "\n  " + row.flags.substr(0, row.flags.find(','));
      CHECK((contains(help.out, flag + " ") || contains(help.out, flag + ",") || contains(help.out, flag + "=")) == on(row, command.name));
    }
    const auto unknown = folder.ntkc(command.name + " --no-such-option");
    CHECK(unknown.status == 2);
    CHECK(contains(unknown.err, "[NTK7002]"));
    if (command.at_least > 0) CHECK(folder.ntkc(command.name).status == 2);
  }
}

TEST_CASE("enumerated words are checked on every command") {
  const test::Folder folder;
  for (const Command& command : kCommands)
    for (const Row& row : kOptions)
      if (on(row, command.name) && contains(row.argument, "|") && !contains(row.argument, "NAME")) {
        const auto run = folder.ntkc(command.name + " " + row.flags.substr(0, row.flags.find(',')) + "=no-such-word");
        CAPTURE(row.flags);
        CHECK(run.status == 2);
        CHECK(contains(run.err, "it is one of: "));
      }
}

TEST_CASE("statuses and messages of a wrong command line") {
  const test::Folder folder;
  test::write(folder / "a.ntk", test::kSmall);
  CHECK(folder.ntkc("").status == 2);
  const auto unknown = folder.ntkc("chek a.ntk");
  CHECK(unknown.status == 2);
  CHECK(contains(unknown.err, "did you mean `check`?"));
  for (const Command& command : kCommands) CHECK(contains(unknown.err, command.name));
  CHECK(folder.ntkc("plot a.ntk").status == 2);
  CHECK(contains(folder.ntkc("check --kernle=ntk a.ntk").err, "did you mean `--kernel`?"));
  CHECK(folder.ntkc("check a.ntk --kernel").status == 2);
  CHECK(folder.ntkc("gen a.ntk --standalone=yes").status == 2);
  CHECK(folder.ntkc("gen a.ntk a.ntk").status == 2);
  CHECK(folder.ntkc("gen a.ntk a.ntk -o b.hpp").status == 2);
  CHECK(folder.ntkc("gen a.ntk -o b.hpp --out-dir .").status == 2);
  CHECK(folder.ntkc("gen a.ntk --namespace 1st").status == 2);
  CHECK(folder.ntkc("gen a.ntk --namespace class").status == 2);
  CHECK(folder.ntkc("check a.ntk -D s").status == 2);
  CHECK(folder.ntkc("check a.ntk --tolerance=small").status == 2);
  CHECK(folder.ntkc("check a.ntk -Wno-such-warning").status == 2);
  CHECK(folder.ntkc("check a.ntk --dump-after=magic").status == 2);
  CHECK(folder.ntkc("info a.ntk b.ntk").status == 2);
  CHECK(folder.ntkc("explain NTK0001").status == 2);
  CHECK(folder.ntkc("completion powershell").status == 2);
  CHECK(folder.ntkc("new n --from nothing").status == 2);
  CHECK_FALSE(test::fs::exists(folder / "b.hpp"));
}

TEST_CASE("one dash or two, attached or apart") {
  const test::Folder folder;
  test::write(folder / "a.ntk", test::kSmall);
  const auto two = folder.ntkc("gen a.ntk --output=- --namespace=app --standalone -D s=2 --kernel both");
  REQUIRE(two.status == 0);
  CHECK(folder.ntkc("gen a.ntk -o - -namespace app -standalone -Ds=2 -kernel=both").out == two.out);
  CHECK(folder.ntkc("gen -qo- --namespace app --standalone -D s=2 -- a.ntk").out == two.out);
  CHECK(folder.shell("\"$NTKC\" gen - -namespace app --standalone -D s=2 < a.ntk").out != "");
}

TEST_CASE("explain knows every code") {
  const test::Folder folder;
  const auto list = folder.ntkc("explain");
  CHECK(list.status == 0);
#define NTK_DIAGNOSTIC(number, severity, name, text, paragraph, example) \
  {                                                                      \
    const auto one = folder.ntkc("explain NTK" #number);                 \
    CAPTURE(number);                                                     \
    CHECK(one.status == 0);                                              \
    CHECK(contains(list.out, "NTK" #number));                            \
    CHECK(contains(one.out, paragraph));                                 \
    CHECK_FALSE(std::string(paragraph).empty());                         \
    CHECK_FALSE(std::string(example).empty());                           \
  }
#include "support/diagnostics.def"
#undef NTK_DIAGNOSTIC
}

TEST_CASE("completion scripts are read by their shells and know every option") {
  const test::Folder folder;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const auto script = folder.ntkc("completion " + shell);
    CHECK(script.status == 0);
    for (const Command& command : kCommands) CHECK(contains(script.out, command.name));
    test::write(folder / shell, script.out);
    CHECK(folder.shell("command -v " + shell + " >/dev/null || exit 0; " + shell + " -n ./" + shell).status == 0);
  }
  const auto asked = folder.shell(
      "cat > ask.sh <<'X'\n. ./bash\nCOMP_WORDS=(ntkc gen --sta); COMP_CWORD=2; _ntkc; echo \"${COMPREPLY[@]}\"\n"
      "COMP_WORDS=(ntkc gen --emit = ''); COMP_CWORD=4; _ntkc; echo \"${COMPREPLY[@]}\"\nX\nbash ask.sh");
  CHECK(asked.out == "--standalone\nc++ c\n");
}

TEST_CASE("a new spec is a valid one, and never replaces a file") {
  const test::Folder folder;
  for (const std::string from : {"mlp", "myrtle", "resnet", "wide_resnet", "encoder", "rnn"}) {
    CHECK(folder.ntkc("new " + from + " --from " + from).status == 0);
    CHECK(folder.ntkc("fmt --check " + from + ".ntk").status == 0);
  }
  CHECK(folder.ntkc("check mlp.ntk").status == 0);
  const std::string before = test::read(folder / "mlp.ntk");
  CHECK(folder.ntkc("new mlp --from rnn").status == 3);
  CHECK(test::read(folder / "mlp.ntk") == before);
}
