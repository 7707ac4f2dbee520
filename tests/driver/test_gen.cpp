// gen: what is written, when, and what is not.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "process.hpp"

using test::contains;
using test::fs::exists;

TEST_CASE("default names, folders, several specs") {
  const test::Folder folder;
  test::write(folder / "a.ntk", test::kSmall);
  test::write(folder / "b.ntk", test::kSmall);
  CHECK(folder.ntkc("gen a.ntk").status == 0);
  CHECK(exists(folder / "a.ntk.hpp"));
  CHECK(folder.ntkc("gen a.ntk --emit=c").status == 0);
  CHECK(exists(folder / "a.ntk.h"));
  test::fs::create_directory(folder / "out");
  CHECK(folder.ntkc("gen a.ntk b.ntk --out-dir out").status == 0);
  CHECK(test::read(folder / "out/a.ntk.hpp") == test::read(folder / "a.ntk.hpp"));
  CHECK(exists(folder / "out/b.ntk.hpp"));
  test::fs::create_directory(folder / "sub");
  test::write(folder / "sub/a.ntk", test::kSmall);
  CHECK(folder.ntkc("gen a.ntk sub/a.ntk --out-dir out").status == 2);
}

TEST_CASE("a failed run leaves what was there, and no litter") {
  const test::Folder folder;
  test::write(folder / "good.ntk", test::kSmall);
  test::write(folder / "bad.ntk", "ntk 1\nnetwork n { input x: [4]; dens }\n");
  test::fs::create_directory(folder / "out");
  test::write(folder / "out/good.ntk.hpp", "old\n");
  test::write(folder / "out/bad.ntk.hpp", "old\n");
  CHECK(folder.ntkc("gen good.ntk bad.ntk --out-dir out").status == 1);
  CHECK(test::read(folder / "out/good.ntk.hpp") == "old\n");
  CHECK(test::read(folder / "out/bad.ntk.hpp") == "old\n");
  int files = 0;
  for ([[maybe_unused]] const auto& entry : test::fs::directory_iterator(folder / "out")) ++files;
  CHECK(files == 2);
  CHECK(folder.ntkc("gen good.ntk -o no/such/folder/x.hpp").status == 3);
  CHECK(folder.ntkc("gen good.ntk -o out").status == 3);
  CHECK(folder.shell("\"$NTKC\" gen good.ntk -o /dev/full").status == 3);
  for (const char* command :
       {"gen good.ntk -o -", "info good.ntk", "check good.ntk --dump=ir", "explain", "completion zsh", "--help", "--version"}) {
    CAPTURE(command);
    CHECK(folder.shell(fmt::format("\"$NTKC\" {} > /dev/full", command)).status == 3);
  }
}

TEST_CASE("unchanged bytes keep the time stamp; --check tells and writes nothing") {
  const test::Folder folder;
  test::write(folder / "a.ntk", test::kSmall);
  CHECK(folder.ntkc("gen --check a.ntk").status == 1);
  CHECK_FALSE(exists(folder / "a.ntk.hpp"));
  REQUIRE(folder.ntkc("gen a.ntk").status == 0);
  CHECK(folder.ntkc("gen --check a.ntk").status == 0);
  const auto long_ago = test::fs::file_time_type::clock::now() - std::chrono::hours(1);
  test::fs::last_write_time(folder / "a.ntk.hpp", long_ago);
  REQUIRE(folder.ntkc("gen a.ntk").status == 0);
  CHECK(test::fs::last_write_time(folder / "a.ntk.hpp") == long_ago);
  REQUIRE(folder.ntkc("gen a.ntk --fold s").status == 0);
  CHECK(test::fs::last_write_time(folder / "a.ntk.hpp") != long_ago);
}

TEST_CASE("--gradient adds an evaluator for each run-time param that is named") {
  const test::Folder folder;
  test::write(folder / "a.ntk",
              "ntk 1\nparam w = 1.5\nparam b = 0.5\nparam depth = 2\n"
              "network m { input x: [4]; repeat depth { dense(sigma_w = w, sigma_b = b); selu }; dense }\n"
              "network n { input x: [4]; dense(sigma_w = w); gelu; dense }\n");
  CHECK(folder.ntkc("gen a.ntk").status == 0);
  CHECK_FALSE(contains(test::read(folder / "a.ntk.hpp"), "namespace d_"));
  CHECK(folder.ntkc("gen a.ntk --kernel nngp --gradient b").status == 0);
  std::string text = test::read(folder / "a.ntk.hpp");
  CHECK(contains(text, "namespace d_b {"));  // of network m; n does not have it
  CHECK_FALSE(contains(text, "namespace d_w {"));
  CHECK(folder.ntkc("gen a.ntk --network n --gradient=all --emit=c").status == 0);
  CHECK(contains(test::read(folder / "a.ntk.h"), "int n_d_w_gram("));
  const auto jumps = folder.ntkc("gen a.ntk --gradient w");  // the slope of selu jumps: its NTK has no derivative
  CHECK(jumps.status == 1);
  CHECK(contains(jumps.err, "NTK5208"));
  CHECK(test::read(folder / "a.ntk.hpp") == text);
  for (const char* name : {"depth", "omega", "b --fold b"}) {
    const auto run = folder.ntkc(fmt::format("gen a.ntk --kernel nngp --gradient {}", name));
    CHECK(run.status == 1);
    CHECK(contains(run.err, "NTK2022"));
  }
}

TEST_CASE("the permissions of a replaced file stay") {
  const test::Folder folder;
  test::write(folder / "a.ntk", test::kSmall);
  test::write(folder / "a.ntk.hpp", "old");
  const auto read_only_for_others = test::fs::perms::owner_read | test::fs::perms::owner_write | test::fs::perms::group_read;
  test::fs::permissions(folder / "a.ntk.hpp", read_only_for_others);
  REQUIRE(folder.ntkc("gen a.ntk").status == 0);
  CHECK(test::fs::status(folder / "a.ntk.hpp").permissions() == read_only_for_others);
}

TEST_CASE("dependency files are those of GCC") {
  const test::Folder folder;
  test::write(folder / "pa rt#$.ntk", "ntk 1\nblock b { dense; relu }\n");
  test::write(folder / "main.ntk",
              "ntk 1\nimport \"pa rt#$.ntk\" as part\nimport \"mlp.ntk\"\nnetwork n { input x: [4]; part.b; mlp.hidden; dense }\n");
  const auto run = folder.ntkc("gen main.ntk -o 'o ut.hpp' -MD -MP");
  REQUIRE_MESSAGE(run.status == 0, run.err);
  // what is inside the compiler is no dependency
  CHECK(test::read(folder / "o ut.d") == "o\\ ut.hpp: main.ntk \\\n  pa\\ rt\\#$$.ntk\npa\\ rt\\#$$.ntk:\n");
  REQUIRE(folder.ntkc("gen main.ntk -o out.hpp -MD -MF x.dep -MT 'one' -MQ 'two three'").status == 0);
  CHECK(test::read(folder / "x.dep") == "one two\\ three: main.ntk \\\n  pa\\ rt\\#$$.ntk\n");
  test::write(folder / "Makefile", "out.hpp: main.ntk\n\t\"$(NTKC)\" gen main.ntk -o $@ -MD -MP && touch $@\n-include out.d\n");
  CHECK(folder.shell("rm out.hpp; make -s out.hpp NTKC=\"$NTKC\" && make -q out.hpp").status == 0);
  CHECK(folder.shell("sleep 0.1; touch pa*; make -q out.hpp").status == 1);
}

TEST_CASE("the same bytes under other locales, time zones, folders and an empty environment") {
  const test::Folder folder, other;
  test::write(folder / "a.ntk", test::kSmall);
  test::write(other / "a.ntk", test::kSmall);
  const std::string bytes = folder.ntkc("gen a.ntk -o - --standalone").out;
  REQUIRE_FALSE(bytes.empty());
  CHECK(folder.shell("LC_ALL=de_DE.UTF-8 LANG=tr_TR TZ=Asia/Kathmandu \"$NTKC\" gen a.ntk -o - --standalone").out == bytes);
  CHECK(folder.shell("env -i \"$NTKC\" gen a.ntk -o - --standalone").out == bytes);
  CHECK(folder.shell("cd / && \"$NTKC\" gen " + (other / "a.ntk").string() + " -o - --standalone").out == bytes);
  CHECK(folder.shell("TERM=xterm COLUMNS=20 OMP_NUM_THREADS=7 taskset -c 0 \"$NTKC\" gen a.ntk -o - --standalone").out == bytes);
  CHECK_FALSE(contains(bytes, folder.path().string()));
}

TEST_CASE("params from outside") {
  const test::Folder folder;
  test::write(folder / "a.ntk", test::kSmall);
  test::write(folder / "p.json", "{\"s\": 2.5}");
  const auto from_file = folder.ntkc("gen a.ntk -o - --params p.json");
  CHECK(from_file.status == 0);
  CHECK(from_file.out == folder.ntkc("gen a.ntk -o - -D s=2.5").out);
  CHECK(folder.ntkc("gen a.ntk -o - --params p.json -D s=1").out == folder.ntkc("gen a.ntk -o - -D s=1").out);
  for (const std::string bad : {"[1]", "{\"s\": null}", "{\"s\": 1", "nonsense", ""}) {
    test::write(folder / "bad.json", bad);
    const auto run = folder.ntkc("check a.ntk --params bad.json");
    CHECK(run.status == 1);
    CHECK(contains(run.err, "[NTK6901]"));
  }
  CHECK(folder.ntkc("check a.ntk --params none.json").status == 3);
  test::write(folder / "far.json", R"({"s": 11})");
  CHECK(contains(folder.ntkc("check a.ntk --params far.json").err, "--params far.json s:1:1: error: "));
  CHECK(contains(folder.ntkc("check a.ntk --params far.json -D s=12").err, "-D s:1:1: error: "));
  CHECK(folder.ntkc("check a.ntk -D s=11").status == 1);
  CHECK(folder.ntkc("check a.ntk -D s=1/0").status == 1);
  CHECK(folder.ntkc("check a.ntk -D s=inf").status == 1);
  CHECK(folder.ntkc("check a.ntk -D nothing=1").status == 1);
  CHECK(folder.ntkc("check a.ntk -D 's=1 +'").status == 1);
}
