// ntkc eval --resume: runs that end at any moment, and those that go on from there.
#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "child.hpp"
#include "io/state.hpp"
#include "samples.hpp"
#include "tests/sanitizers.hpp"

using test::contains;

namespace {

// Sixteen panels of both kernels, of some milliseconds each; four of one. No memory above the least, so that panels are small; nor does a
// network collapse that reads its data twice.
constexpr std::size_t kRows = 900;
const std::string kDeep =
    "ntk 1\nparam s = 1 in [0, 10]\nnetwork n {\n  input x: [4]\n  sum { branch { dense } branch { tanh; dense } }\n"
    "  repeat 8 { dense(sigma_w = s, sigma_b = 0.1); relu }\n  dense\n}\n";
const std::string kBase = "eval deep.ntk --x x.npy --memory 53M --threads 1 -v ";

void prepare(const test::Folder& folder) {
  test::write(folder / "deep.ntk", kDeep);
  test::write(folder / "x.npy", test::samples(kRows));
  test::write(folder / "y.npy", test::samples(kRows, 2));
}

// Of complete panels in the state of an output: the lines that begin with a number.
std::size_t recorded(const test::Folder& folder, const std::string& output) {
  const std::string state = test::read(folder / (output + ".state"));
  std::size_t count = 0;
  for (std::size_t at = 0, end; (end = state.find('\n', at)) != std::string::npos; at = end + 1)
    count += std::isdigit(static_cast<unsigned char>(state[at])) != 0;
  return count;
}

// Starts ntkc and ends it by a signal a while after it has recorded some panels; its exit status as a shell has it.
int ended(const test::Folder& folder, const std::string& arguments, const std::string& output, std::size_t panels,
          std::chrono::microseconds later, int signal) {
  test::Child child(folder, arguments);
  while (!child.has_ended() && recorded(folder, output) < panels) std::this_thread::sleep_for(std::chrono::microseconds(200));
  if (!child.has_ended()) {
    std::this_thread::sleep_for(later);
    child.send(signal);
  }
  return child.wait();
}

std::string summary(const std::string& output, std::size_t kept, std::size_t computed) {
  return output + ": " + std::to_string(kept) + " panels kept, " + std::to_string(computed) + " computed\n";
}

bool nothing_left(const test::Folder& folder, const std::string& output) {
  return !test::fs::exists(folder / (output + ".part")) && !test::fs::exists(folder / (output + ".state"));
}

}  // namespace

TEST_CASE("a run that is killed at any moment continues to the same bytes, and computes no complete panel again") {
  const test::Folder folder;
  prepare(folder);
  struct Kind {
    std::string options, output;
    std::size_t panels;
    std::string bytes;
  };
  Kind kinds[] = {{"--kernel both", "k.npz", 16, ""},
                  {"--dtype f32 --normalize", "k.npy", 4, ""},
                  {"--kernel both --y y.npy", "c.npz", 16, ""},
                  {"--center", "m.npy", 4, ""}};
  for (Kind& kind : kinds) {
    const auto run = folder.ntkc(kBase + kind.options + " -o whole-" + kind.output);
    CHECK(run.status == 0);
    CHECK(run.err == summary("whole-" + kind.output, 0, kind.panels));
    kind.bytes = test::read(folder / ("whole-" + kind.output));
  }
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const int count = std::max(4, ntkc::tests::cases(20));
  int killed = 0;
  for (int i = 0; i < count; ++i) {
    CAPTURE(i);
    const Kind& kind = kinds[static_cast<std::size_t>(i) % std::size(kinds)];
    const std::string arguments = kBase + kind.options + " -o " + kind.output;
    const std::size_t panels = random() % kind.panels;
    const std::chrono::microseconds later(random() % 5000);
    const int status = ended(folder, arguments, kind.output, panels, later, SIGKILL);
    CHECK((status == 128 + SIGKILL || status == 0));
    const std::size_t kept = recorded(folder, kind.output);
    const bool done =
        test::fs::exists(folder / kind.output);  // a result that is there is whole, though its run was killed at its last step
    if (done) CHECK(test::read(folder / kind.output) == kind.bytes);
    killed += !done;
    const auto run = folder.ntkc(arguments + " --resume");
    CHECK(run.status == 0);
    CHECK(run.err == summary(kind.output, kept, kind.panels - kept));
    CHECK(test::read(folder / kind.output) == kind.bytes);
    CHECK(nothing_left(folder, kind.output));
    test::fs::remove(folder / kind.output);
  }
  CHECK(4 * killed >= count);  // a machine may be too busy to catch every run
}

TEST_CASE("a signal ends a run with its state saved") {
  const test::Folder folder;
  prepare(folder);
  CHECK(folder.ntkc(kBase + "--kernel both -o whole.npz").status == 0);
  for (const auto& [signal, expected] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}}) {
    CAPTURE(signal);
    const int status = ended(folder, kBase + "--kernel both -o k.npz", "k.npz", 3, {}, signal);
    CHECK(status == expected);
    const std::size_t kept = recorded(folder, "k.npz");
    CHECK(kept >= 3);
    const auto run = folder.ntkc(kBase + "--kernel both -o k.npz --resume --threads 2 --memory 200M");
    CHECK(run.err == summary("k.npz", kept, 16 - kept));  // the state has its panels' size
    CHECK(test::read(folder / "k.npz") == test::read(folder / "whole.npz"));
    test::fs::remove(folder / "k.npz");
  }
}

TEST_CASE("a changed byte is computed again") {
  const test::Folder folder;
  prepare(folder);
  CHECK(folder.ntkc(kBase + "--kernel both -o whole.npz").status == 0);
  ended(folder, kBase + "--kernel both -o k.npz", "k.npz", 5, {}, SIGKILL);
  const std::size_t kept = recorded(folder, "k.npz");
  std::string part = test::read(folder / "k.npz.part");
  part[600] ^= 1;  // the first row of the first array
  test::write(folder / "k.npz.part", part);
  const auto run = folder.ntkc(kBase + "--kernel both -o k.npz --resume");
  CHECK(run.err == summary("k.npz", kept - 1, 17 - kept));
  CHECK(test::read(folder / "k.npz") == test::read(folder / "whole.npz"));
}

TEST_CASE("a state of another spec, of other data or options is refused, and stays") {
  const test::Folder folder;
  prepare(folder);
  test::write(folder / "other.ntk", kDeep + "// another\n");
  test::write(folder / "x2.npy", test::samples(kRows, 3));
  ended(folder, kBase + "-o k.npy", "k.npy", 1, {}, SIGKILL);
  REQUIRE(recorded(folder, "k.npy") >= 1);
  const std::string state = test::read(folder / "k.npy.state"), part = test::read(folder / "k.npy.part");
  const std::pair<const char*, const char*> cases[] = {{"other.ntk --x x.npy", "the spec"},
                                                       {"deep.ntk --x x2.npy", "the data of x"},
                                                       {"deep.ntk --x x.npy --rows :600", "the shape, the data of x"},
                                                       {"deep.ntk --x x.npy --y y.npy", "the data of y"},
                                                       {"deep.ntk --x x.npy -D s=2", "-D or --params, the params"},
                                                       {"deep.ntk --x x.npy --kernel nngp", "--kernel"},
                                                       {"deep.ntk --x x.npy --tolerance 1e-6", "--tolerance"},
                                                       {"deep.ntk --x x.npy --dtype f32", "--dtype"},
                                                       {"deep.ntk --x x.npy --normalize", "--normalize"},
                                                       {"deep.ntk --x x.npy --center", "--center"},
                                                       {"deep.ntk --x x.npy --diag", "the shape, --diag"}};
  for (const auto& [arguments, difference] : cases) {
    CAPTURE(arguments);
    const auto run = folder.ntkc(std::string("eval ") + arguments + " -o k.npy --resume");
    CHECK(run.status == 1);
    CHECK(contains(run.err, "NTK6020"));
    CHECK(contains(run.err, std::string("it differs in ") + difference + " ["));
    CHECK(test::read(folder / "k.npy.state") == state);
    CHECK(test::read(folder / "k.npy.part") == part);
  }
  CHECK(folder.ntkc("eval deep.ntk --x x.npy -o k.npy --resume --threads 2 --memory 1G").status == 0);
}

TEST_CASE("without a state a run begins afresh; only files of fixed places can be continued") {
  const test::Folder folder;
  prepare(folder);
  const auto afresh = folder.ntkc(kBase + "-o k.npy --resume");
  CHECK(afresh.err == summary("k.npy", 0, 4));
  CHECK(nothing_left(folder, "k.npy"));
  for (const std::string output : {"-o k.csv", "-o -", ""}) {
    const auto run = folder.ntkc("eval deep.ntk --x x.npy --rows :5 --resume " + output);
    CHECK(run.status == 2);
    CHECK(contains(run.err, output.empty() ? "NTK7004" : "NTK7008"));
  }
}

TEST_CASE("a sweep continues behind what it has finished") {
  const test::Folder folder;
  prepare(folder);
  const std::string sweep = kBase + "--kernel both --sweep s=1:2:0.5 ";
  CHECK(folder.ntkc(sweep + "-o w.npz").status == 0);
  ended(folder, sweep + "-o k.npz", "k.s=1.5.npz", 2, {}, SIGKILL);
  const std::size_t kept = recorded(folder, "k.s=1.5.npz");
  CHECK(recorded(folder, "k.s=1.npz") == 16);
  const auto run = folder.ntkc(sweep + "-o k.npz --resume");
  CHECK(run.err == summary("k.s=1.npz", 16, 0) + summary("k.s=1.5.npz", kept, 16 - kept) + summary("k.s=2.npz", 0, 16));
  for (const std::string value : {"1", "1.5", "2"}) {
    CHECK(test::read(folder / ("k.s=" + value + ".npz")) == test::read(folder / ("w.s=" + value + ".npz")));
    CHECK(nothing_left(folder, "k.s=" + value + ".npz"));
  }
}

TEST_CASE("the means of a centred matrix are not computed again") {
  const test::Folder folder;
  prepare(folder);
  CHECK(folder.ntkc(kBase + "-o plain.npy").status == 0);
  ended(folder, kBase + "--center -o k.npy", "k.npy", 1, {}, SIGKILL);
  const std::string path = (folder / "k.npy").string();
  {
    ntkc::io::Journal journal(path, *ntkc::io::read_state(path));
    CHECK(journal.add_note(std::string(16 * kRows, '0')));  // means of 0, and no panel
    CHECK(journal.commit());
  }
  CHECK(folder.ntkc(kBase + "--center -o k.npy --resume").err == summary("k.npy", 0, 4));
  CHECK(test::read(folder / "k.npy") == test::read(folder / "plain.npy"));
}

TEST_CASE("what is known of kept panels is known of the whole") {
  const test::Folder folder;
  prepare(folder);
  // All samples but the first are alike up to length: the correlation that says otherwise is in the first panels.
  std::string rows = "1,0,0,0\n";
  for (std::size_t i = 1; i < kRows; ++i) rows += "0,1,0,0\n";
  test::write(folder / "alike.csv", rows);
  const std::string arguments =
      "eval deep.ntk --x alike.csv --memory 53M --threads 1 -Wno-duplicate-rows -Wno-constant-columns --kernel both -o k.npz";
  ended(folder, arguments, "k.npz", 15, {}, SIGKILL);
  const auto run = folder.ntkc(arguments + " --resume");
  CHECK(run.status == 0);
  CHECK(run.err == "");
}
