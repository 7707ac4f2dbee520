// ntkc eval as a process: bytes, files, faults and exit statuses.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "child.hpp"
#include "io/read.hpp"
#include "samples.hpp"
#include "tests/sanitizers.hpp"

using test::contains;

namespace {

constexpr std::size_t kRows = 300;

void prepare(const test::Folder& folder) {
  test::write(folder / "small.ntk", test::kSmall);
  test::write(folder / "x.npy", test::samples(kRows));
  test::write(folder / "five.npy", test::samples(5));
}

std::vector<double> values(const test::Folder& folder, const std::string& name) {
  ntkc::Diagnostics d;
  const auto m = ntkc::io::read((folder / name).string(), {}, d);
  REQUIRE(m);
  return m->values;
}

}  // namespace

TEST_CASE("bytes do not depend on threads, memory or where they go") {
  const test::Folder folder;
  prepare(folder);
  CHECK(folder.ntkc("eval small.ntk --x x.npy -o a.npy --threads 1").status == 0);
  const std::string bytes = test::read(folder / "a.npy"), json = test::read(folder / "a.npy.json");
  CHECK(bytes.size() == 128 + kRows * kRows * 8);
  for (const std::string options : {"--threads 2", "--threads 2 --memory 60M", "--threads 3 --memory 53M"}) {
    CHECK(folder.ntkc("eval small.ntk --x x.npy -o b.npy " + options).status == 0);
    CHECK(test::read(folder / "b.npy") == bytes);
    CHECK(test::read(folder / "b.npy.json") == json);
  }
  const auto run = folder.ntkc("eval small.ntk --x x.npy -o -");
  CHECK(run.status == 0);
  CHECK(run.out == bytes);
  CHECK_FALSE(test::fs::exists(folder / "b.npy.part"));

  const auto k = values(folder, "a.npy");
  for (std::size_t i = 0; i < kRows; ++i)
    for (std::size_t j = 0; j < i; ++j) REQUIRE(k[i * kRows + j] == k[j * kRows + i]);
}

TEST_CASE("a memory that is too small is refused with the least that works, which works") {
  const test::Folder folder;
  prepare(folder);
  for (const std::string where : {"-o k.npy", "-o -", "-o k.npy --diag", "-o k.npy --y x.npy", "-o k.npy --dry-run"}) {
    CAPTURE(where);
    const auto run = folder.ntkc("eval small.ntk --x x.npy --memory=1 " + where);
    CHECK(run.status == 2);
    const auto at = run.err.find("at least ");
    REQUIRE(at != std::string::npos);
    const std::string least = run.err.substr(at + 9, run.err.find(' ', at + 9) - at - 9);
    const std::string less = std::to_string(std::stoi(least) - 1) + "M";
    CHECK(folder.ntkc("eval small.ntk --x x.npy --memory=" + less + " " + where).status == 2);
    CHECK_FALSE(test::fs::exists(folder / "k.npy"));
    CHECK(folder.ntkc("eval small.ntk --x x.npy --memory=" + least + " " + where).status == 0);
    test::fs::remove(folder / "k.npy");
  }
}

TEST_CASE("memory is kept to, whatever the size of the result") {
  if (ntkc::tests::kSanitized) return;  // shadow memory counts
  const test::Folder folder;
  prepare(folder);
  test::write(folder / "many.npy", test::samples(4000));  // a matrix of 122 MB
  for (const std::string options : {"-o k.npy --memory 70M", "-o k.npz --kernel both --memory 90M", "-o k.npy --y many.npy --memory 70M",
                                    "-o k.npy --center --memory 70M", "-o k.csv --rows :2000 --memory 70M", "-o - --memory 100M"}) {
    CAPTURE(options);
    test::Child child(folder, "eval small.ntk --x many.npy --threads 2 " + options);
    CHECK(child.wait() == 0);
    const std::size_t input = test::fs::file_size(folder / "many.npy") >> 10;
    CHECK(child.peak_kilobytes() <= std::stoul(options.substr(options.find("--memory ") + 9)) * 1024 + input);
  }
}

TEST_CASE("a run that is interrupted before it has completed anything leaves nothing behind") {
  const test::Folder folder;
  test::write(folder / "deep.ntk", "ntk 1\nnetwork n { input x: [4]; repeat 100000 { dense; relu }; dense }\n");
  test::write(folder / "x.npy", test::samples(kRows));
  for (const auto& [signal, status] : {std::pair{"HUP", "129\n"}, std::pair{"INT", "130\n"}, std::pair{"TERM", "143\n"}}) {
    CAPTURE(signal);
    const auto run = folder.shell(std::string("( exec env --default-signal=INT,HUP \"$NTKC\" eval deep.ntk --x x.npy -o k.npy ) & p=$!; "
                                              "while [ ! -e k.npy.part ]; do sleep 0.05; done; kill -") +
                                  signal + " $p; wait $p 2>wait.err; echo $?");
    CHECK(run.out == status);
    CHECK_FALSE(test::fs::exists(folder / "k.npy.part"));
    CHECK_FALSE(test::fs::exists(folder / "k.npy"));
  }
  // Under nohup a run outlives its terminal.
  const auto run = folder.shell(
      "( trap '' HUP; exec \"$NTKC\" eval deep.ntk --x x.npy -o k.npy ) & p=$!; "
      "while [ ! -e k.npy.part ]; do sleep 0.05; done; kill -HUP $p; sleep 0.2; kill -TERM $p; wait $p; echo $?");
  CHECK(run.out == "143\n");
}

TEST_CASE("parts, both kernels, and the diagonal agree with the whole") {
  const test::Folder folder;
  prepare(folder);
  CHECK(folder.ntkc("eval small.ntk --x x.npy -o k.npy").status == 0);
  CHECK(folder.ntkc("eval small.ntk --x x.npy --kernel both -o k.npz").status == 0);
  CHECK(folder.ntkc("eval small.ntk --x x.npy --diag -o d.npy").status == 0);
  CHECK(folder.ntkc("eval small.ntk --x x.npy --rows 10:20 --y x.npy --rows-y 100:103 -o p.csv").status == 0);
  const auto k = values(folder, "k.npy"), d = values(folder, "d.npy"), p = values(folder, "p.csv");
  CHECK(values(folder, "k.npz:ntk") == k);
  REQUIRE(d.size() == kRows);
  for (std::size_t i = 0; i < kRows; ++i) CHECK(d[i] == k[i * kRows + i]);
  REQUIRE(p.size() == 30);
  // Another tile may sum an inner product in another order: a few roundings of values near 1.
  for (std::size_t i = 0; i < 10; ++i)
    for (std::size_t j = 0; j < 3; ++j) CHECK(std::abs(p[i * 3 + j] - k[(10 + i) * kRows + 100 + j]) < 1e-14);
}

TEST_CASE("single precision is right to 1e-6") {
  const test::Folder folder;
  constexpr std::size_t kMany = 600;
  test::write(folder / "deep.ntk", "ntk 1\nnetwork n { input x: [4]; repeat 4 { dense(sigma_b = 0.2); erf }; dense }\n");
  test::write(folder / "x.npy", test::samples(kMany));
  for (const std::string options : {"", " --normalize", " --y x.npy"}) {
    CAPTURE(options);
    CHECK(folder.ntkc("eval deep.ntk --x x.npy -o k.npy" + options).status == 0);
    CHECK(folder.ntkc("eval deep.ntk --x x.npy --dtype f32 -o s.npy" + options).status == 0);
    const auto k = values(folder, "k.npy"), s = values(folder, "s.npy");
    REQUIRE(s.size() == k.size());
    double worst = 0;
    std::size_t different = 0;
    for (std::size_t i = 0; i < kMany; ++i)
      for (std::size_t j = 0; j < kMany; ++j) {
        const double value = k[i * kMany + j], single = s[i * kMany + j];
        worst = std::max(worst, std::abs(single - value) / std::sqrt(k[i * kMany + i] * k[j * kMany + j]));
        different += single != static_cast<double>(static_cast<float>(value));
      }
    CHECK(worst <= 1e-6);
    CHECK(different > 0);  // it is not the same arithmetic
  }
}

TEST_CASE("normalised and centred matrices") {
  const test::Folder folder;
  prepare(folder);
  CHECK(folder.ntkc("eval small.ntk --x x.npy --normalize -o n.npy").status == 0);
  CHECK(folder.ntkc("eval small.ntk --x x.npy --center -o c.npy --threads 1").status == 0);
  CHECK(folder.ntkc("eval small.ntk --x x.npy --center -o c2.npy --threads 2 --memory 53M").status == 0);
  CHECK(folder.ntkc("eval small.ntk --x x.npy --center --diag -o cd.npy").status == 0);
  CHECK(test::read(folder / "c.npy") == test::read(folder / "c2.npy"));
  const auto n = values(folder, "n.npy"), c = values(folder, "c.npy"), cd = values(folder, "cd.npy");
  for (std::size_t i = 0; i < kRows; ++i) {
    CHECK(n[i * kRows + i] == 1);
    CHECK(cd[i] == c[i * kRows + i]);
    double sum = 0;
    for (std::size_t j = 0; j < kRows; ++j) {
      REQUIRE(c[i * kRows + j] == c[j * kRows + i]);
      REQUIRE(std::abs(n[i * kRows + j]) <= 1);
      sum += c[i * kRows + j];
    }
    CHECK(std::abs(sum) < kRows * 1e-15);  // each term is rounded at a size of about 1
  }
}

TEST_CASE("a sweep gives a file a value, equal to that of -D") {
  const test::Folder folder;
  prepare(folder);
  CHECK(folder.ntkc("eval small.ntk --x five.npy --sweep s=0.1:0.3:0.1 -o k.npy").status == 0);
  for (const std::string value : {"0.1", "0.2", "0.3"}) {
    CHECK(folder.ntkc("eval small.ntk --x five.npy -D s=" + value + " -o one.npy").status == 0);
    CHECK(test::read(folder / ("k.s=" + value + ".npy")) == test::read(folder / "one.npy"));
  }
  CHECK(folder.ntkc("eval small.ntk --x five.npy --sweep s=9:12:1 -o out.npy").status == 1);  // 11 is out of range: nothing is computed
  CHECK_FALSE(test::fs::exists(folder / "out.s=9.npy"));
}

TEST_CASE("small results are printed, large ones need a file; a dry run computes nothing") {
  const test::Folder folder;
  prepare(folder);
  const auto table = folder.ntkc("eval small.ntk --x five.npy");
  CHECK(table.status == 0);
  CHECK(std::count(table.out.begin(), table.out.end(), '\n') == 5);
  CHECK(folder.ntkc("eval small.ntk --x x.npy").status == 2);
  const auto dry = folder.ntkc("eval small.ntk --x x.npy --dry-run -o k.npy");
  CHECK(dry.status == 0);
  CHECK(contains(dry.out, "pairs    45150\n"));
  CHECK(contains(dry.out, "disk     703.2 KB\n"));
  CHECK_FALSE(test::fs::exists(folder / "k.npy"));
}

TEST_CASE("faults of data, command line and system have their statuses, and old output stays") {
  const test::Folder folder;
  prepare(folder);
  test::write(folder / "k.npy", "old");
  test::write(folder / "half.npy", test::samples(5).substr(0, 200));
  test::write(folder / "wide.csv", "1,2,3,4,5\n");
  test::write(folder / "nan.csv", "1,2,nan,4\n");
  test::write(folder / "two.ntk", "ntk 1\nnetwork n { input a: [4]; input b: [2]; dense }\n");
  struct Case {
    std::string arguments;
    int status;
    const char* code;
  };
  const Case cases[] = {{"small.ntk --x half.npy", 1, "NTK6002"},
                        {"small.ntk --x wide.csv", 1, "NTK6013"},
                        {"small.ntk --x nan.csv", 1, "NTK6007"},
                        {"small.ntk --x five.npy --rows 3:9", 1, "NTK6012"},
                        {"small.ntk --x none=five.npy", 1, "NTK6018"},
                        {"small.ntk --x five.npy --x five.npy", 1, "NTK6019"},
                        {"two.ntk --x a=five.npy", 1, "NTK6017"},
                        {"small.ntk --x missing.npy", 3, "NTK8001"},
                        {"small.ntk --x .", 3, "NTK8001"},
                        {"small.ntk", 2, "NTK7004"},
                        {"small.ntk --x five.npy --rows 3", 2, "NTK7008"},
                        {"small.ntk --x five.npy --memory lots", 2, "NTK7008"},
                        {"small.ntk --x five.npy --threads 0", 2, "NTK7008"},
                        {"small.ntk --x five.npy --sweep s=1", 2, "NTK7008"},
                        {"small.ntk --x five.npy --y five.npy --center", 2, "NTK7014"},
                        {"small.ntk --x five.npy --kernel both", 2, "NTK7008"}};
  for (const Case& c : cases) {
    CAPTURE(c.arguments);
    const auto run = folder.ntkc("eval " + c.arguments + " -o k.npy");
    CHECK(run.status == c.status);
    CHECK(contains(run.err, c.code));
    CHECK(test::read(folder / "k.npy") == "old");
    CHECK_FALSE(test::fs::exists(folder / "k.npy.part"));
  }
  CHECK(folder.ntkc("eval small.ntk --x five.npy -o k.txt").status == 2);
  CHECK(folder.ntkc("eval small.ntk --x five.npy -o no/such/k.npy").status == 3);
  CHECK(folder.shell("\"$NTKC\" eval small.ntk --x five.npy -o - > /dev/full").status == 3);
  const auto full = folder.shell("ulimit -f 64; \"$NTKC\" eval small.ntk --x x.npy -o k.npy");
  CHECK(full.status == 3);
  CHECK(contains(full.err, "NTK8002"));
  CHECK(test::read(folder / "k.npy") == "old");
  CHECK(folder.shell("\"$NTKC\" eval small.ntk --x x.npy -o - | head -c 100 | wc -c").err.empty());  // a closed pipe ends quietly
}

TEST_CASE("what is odd about data or kernel is a warning") {
  const test::Folder folder;
  prepare(folder);
  test::write(folder / "odd.csv", "1,2,3,4\n1,2,3,4\n0,0,0,0\n");
  const auto odd = folder.ntkc("eval small.ntk --x odd.csv");
  CHECK(odd.status == 0);
  CHECK(contains(odd.err, "NTK6101"));
  CHECK(contains(odd.err, "NTK6102"));
  CHECK_FALSE(contains(odd.out, "nan"));
  CHECK(folder.ntkc("eval small.ntk --x odd.csv -Werror").status == 1);
  test::write(folder / "deep.ntk",
              "ntk 1\nnetwork n { input x: [4]; default dense(sigma_w = 0.8, sigma_b = 0.5); repeat 200 { dense; relu }; dense }\n");
  const auto deep = folder.ntkc("eval deep.ntk --kernel nngp --x five.npy");
  CHECK(deep.status == 0);
  CHECK(contains(deep.err, "NTK6104"));
  CHECK(contains(deep.err, "chi1 = 0.32"));
}

TEST_CASE("a kernel that no float holds is refused in single precision alone") {
  const test::Folder folder;
  test::write(folder / "linear.ntk", "ntk 1\nnetwork n { input x: [4]; dense }\n");
  test::write(folder / "large.csv", "1,2,3,4\n1e25,0,0,0\n");
  CHECK(folder.ntkc("eval linear.ntk --x large.csv -o k.npy").status == 0);
  const auto run = folder.ntkc("eval linear.ntk --x large.csv --dtype f32 -o s.npy");
  CHECK(run.status == 1);
  CHECK(contains(run.err, "the ntk of sample 1 of `large.csv` is not finite [NTK9101]"));
}
