// ntkc verify: right evaluators pass, a planted fault is found, and what cannot be verified says so.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "driver/verify.hpp"
#include "process.hpp"

using namespace ntkc;

namespace {

driver::Compilation compiled(const std::string& body, const std::vector<driver::Define>& defines = {}) {
  MemoryProvider files({{"n.ntk", "param s = 1.2\nnetwork n { input x: [10]; " + body + " }"}});
  driver::Request request;
  request.spec = "n.ntk";
  request.defines = defines;
  return driver::compile(files, request);
}

// The networks of one spec against the evaluator of another.
driver::Verification networks(const driver::Compilation& drawn, const driver::Compilation& limit) {
  driver::Verification result;
  result.options.widths = {128, 256, 512};
  result.options.progress = driver::Progress::When::never;
  const io::Matrix x = driver::random_inputs(drawn, 0, 1);
  result.samples = x.rows;
  Diagnostics diagnostics;
  REQUIRE(driver::check_networks(drawn, 0, x, driver::engine_kernels(limit, 0, x, 1), result, diagnostics));
  return result;
}

bool agree(const driver::Verification& v, std::string_view kernel) {
  for (const driver::LimitCheck& check : v.limits)
    if (check.kernel == kernel) return check.agrees();
  return false;
}

}  // namespace

TEST_CASE("a sigma_w that is 5 % wrong is found, in any layer and activation") {
  for (const std::string body :
       {"repeat 3 { dense(sigma_w = s); relu }; dense(sigma_w = s)", "dense(sigma_b = 0.1); tanh; dense(sigma_w = s)",
        "dense(sigma_b = 0.1); erf; dense(sigma_w = s, sigma_b = 0.1); gelu; dense"}) {
    CAPTURE(body);
    const auto right = compiled(body), wrong = compiled(body, {{"s", "1.2 * 1.05"}});
    const auto good = networks(right, right), bad = networks(right, wrong);
    CHECK(agree(good, "nngp"));
    CHECK(agree(good, "ntk"));
    CHECK_FALSE(agree(bad, "ntk"));
    CHECK_FALSE(bad.agrees());
    for (const driver::Trend& trend : good.trends) {
      if (!trend.name.ends_with("from the limit")) continue;
      INFO(trend.name, " ", trend.slope->value, " +- ", trend.slope->error);
      CHECK(std::abs(trend.slope->value + 0.5) <= 4 * trend.slope->error);
      CHECK(trend.slope->error < 0.1);
    }
  }
}

TEST_CASE("the same seed gives the same numbers, whatever the threads") {
  const auto c = compiled("dense(sigma_b = 0.1); erf; dropout(0.2); dense");
  const io::Matrix x = driver::random_inputs(c, 0, 7);
  std::string texts[2];
  for (const unsigned threads : {1u, 3u}) {
    driver::Verification result;
    result.options = {{16, 32}, 10, 7, threads, driver::Progress::When::never};
    Diagnostics diagnostics;
    REQUIRE(driver::check_networks(c, 0, x, driver::engine_kernels(c, 0, x, 1), result, diagnostics));
    texts[threads / 2] = driver::to_json(result).dump();
  }
  CHECK(texts[0] == texts[1]);
}

TEST_CASE("verify as a command: table, JSON, exit status") {
  const test::Folder folder;
  test::write(folder / "n.ntk", "ntk 1\nnetwork n { input x: [4]; dense(sigma_b = 0.1); erf; dense(sigma_b = 0.1) }\n");
  const auto good = folder.ntkc("verify n.ntk --width 32,64 --samples 16 --seed 3");
  CAPTURE(good.err);
  CHECK(good.status == 0);
  for (const std::string part : {"the engine, ntk", "the generated evaluator, nngp", "parameters P", "laziness", "n: agreement"}) {
    CAPTURE(part);
    CHECK(test::contains(good.out, part));
  }
  const auto json = folder.ntkc("verify n.ntk --width 32,64 --samples 16 --seed 3 --json --kernel nngp");
  const auto parsed = nlohmann::json::parse(json.out);
  CHECK(parsed["networks"][0]["agrees"] == true);
  CHECK(parsed["networks"][0]["widths"] == nlohmann::json({32, 64}));
  CHECK(parsed["networks"][0]["parameters"] == nlohmann::json({32 * 5 + 33, 64 * 5 + 65}));
  CHECK(parsed["networks"][0]["limits"].size() == 1);

  const auto bad = folder.ntkc("verify n.ntk --width 1,2 --samples 4000 --seed 3");
  CHECK(bad.status == 1);
  CHECK(test::contains(bad.out, "DISAGREES"));
  CHECK(test::contains(bad.err, "NTK9003"));
}

TEST_CASE("verify without a C++ compiler, without a finite counterpart, with bad options") {
  const test::Folder folder;
  test::write(folder / "n.ntk", "ntk 1\nnetwork n { input x: [4]; dense; erf; dense }\n");
  test::write(folder / "k.ntk", "ntk 1\nnetwork k { input x: [4]; dense; exp_normalized; dense }\n");
  test::write(folder / "d.ntk", "ntk 1\nnetwork d { input x: [4]; dropout(0.5); dense; erf; dense }\n");
  test::write(folder / "w.ntk", "ntk 1\nnetwork w { input x: [4]; let a = dense; sum { branch { a } branch { dense; erf; a } } }\n");
  const std::string small = " --width 8,16 --samples 4";
  const auto none = folder.shell("CXX=/no/such/compiler \"$NTKC\" verify n.ntk" + small);
  CHECK(none.status == 3);
  CHECK(test::contains(none.err, "NTK8005"));
  const auto broken = folder.shell("CXX=false \"$NTKC\" verify n.ntk" + small);
  CHECK(broken.status == 3);
  CHECK(test::contains(broken.err, "NTK8006"));
  for (const std::string spec : {"k.ntk", "d.ntk", "w.ntk"}) {
    CAPTURE(spec);
    const auto refused = folder.ntkc("verify " + spec + small);
    CHECK(refused.status == 1);
    CHECK(test::contains(refused.err, "NTK5301"));
    CHECK(refused.out.empty());
  }
  for (const std::string options :
       {"--width 64", "--width 64,64", "--width 0,4", "--width a,b", "--samples 1", "--seed x", "--threads 0"}) {
    CAPTURE(options);
    CHECK(folder.ntkc("verify n.ntk " + options).status == 2);
  }
}
