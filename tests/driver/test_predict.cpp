// ntkc predict as a process, against the formulas written out with Eigen on kernels that `ntkc eval` wrote.
#include <doctest/doctest.h>

#include <Eigen/Dense>
#include <cmath>
#include <nlohmann/json.hpp>

#include "io/read.hpp"
#include "process.hpp"
#include "samples.hpp"

using namespace ntkc;
using test::contains;
namespace fs = std::filesystem;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

namespace {

constexpr double kExact = 1e-9;  // condition numbers here are below 1e5, kernels are right to 1e-13

struct Bench {
  test::Folder folder;
  Bench() {
    test::write(folder / "net.ntk", "ntk 1\nnetwork n { input x: [4]; repeat 2 { dense(sigma_b = 0.3); relu }; dense }\n");
    test::write(folder / "x.npy", test::samples(30));
    test::write(folder / "z.npy", test::samples(7, 5));
    std::string y, labels;
    for (int i = 0; i < 30; ++i) {
      y += std::to_string(std::sin(i)) + "," + std::to_string(std::cos(3 * i)) + "\n";
      labels += std::to_string(10 * (i % 3)) + "\n";
    }
    test::write(folder / "y.csv", y);
    test::write(folder / "labels.csv", labels);
    test::write(folder / "w.csv", "0,1\n1,0\n.5,.5\n1,2\n2,3\n3,4\n4,5\n");
    test::write(folder / "tests.csv", "0\n10\n20\n10\n0\n0\n20\n");
  }
  Matrix read(const std::string& name) const {
    Diagnostics d;
    const auto m = io::read((folder / name).string(), {}, d);
    REQUIRE(m);
    return Eigen::Map<const Matrix>(m->values.data(), static_cast<Eigen::Index>(m->rows), static_cast<Eigen::Index>(m->columns));
  }
  Matrix kernel(const std::string& kind, const std::string& data) const {
    REQUIRE(folder.ntkc("eval net.ntk --kernel " + kind + " " + data + " -o k.npy").status == 0);
    return read("k.npy");
  }
  test::Outcome predict(const std::string& options, const std::string& train = "x.npy y.csv", const std::string& tests = "z.npy") const {
    return folder.ntkc("predict net.ntk --train " + train + " --test " + tests + " -o p.npz " + options);
  }
};

double apart(const Matrix& a, const Matrix& b) {
  REQUIRE(a.size() == b.size());
  return (a.reshaped<Eigen::RowMajor>() - b.reshaped<Eigen::RowMajor>()).cwiseAbs().maxCoeff();
}

Matrix exponential(const Matrix& k, double t) {  // exp(-k t)
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> s(k);
  return s.eigenvectors() * (-t * s.eigenvalues().array()).exp().matrix().asDiagonal() * s.eigenvectors().transpose();
}

}  // namespace

TEST_CASE("gradient flow, its end and its beginning") {
  const Bench b;
  const Matrix k = b.kernel("ntk", "--x x.npy"), c = b.kernel("ntk", "--x z.npy --y x.npy"), y = b.read("y.csv");
  const Matrix end = c * k.ldlt().solve(y), one = Matrix::Identity(30, 30);
  CHECK(b.predict("").status == 0);
  CHECK(apart(b.read("p.npz:mean"), end) <= kExact);
  CHECK(b.predict("--ridge 0.5").status == 0);
  CHECK(apart(b.read("p.npz:mean"), c * (k + 0.5 * one).ldlt().solve(y)) <= kExact);
  for (const std::string scale : {"mean", "sum"}) {
    const double pace = scale == "sum" ? 2 : 2.0 / 30;
    CHECK(b.predict("--time 0,3,40,inf --learning-rate 2 --on-train --loss-scale " + scale).status == 0);
    const Matrix mean = b.read("p.npz:mean"), train = b.read("p.npz:train_mean");  // a time a row
    CHECK(mean.row(0).cwiseAbs().maxCoeff() == 0);
    CHECK(apart(mean.row(3), end) <= kExact);
    for (const int t : {1, 2}) {
      const Matrix grown = one - exponential(k, pace * (t == 1 ? 3 : 40));
      CHECK(apart(mean.row(t), c * k.ldlt().solve(grown * y)) <= kExact);
      CHECK(apart(train.row(t), grown * y) <= kExact);
    }
  }
  CHECK(b.predict("--solver eigen").status == 0);
  CHECK(apart(b.read("p.npz:mean"), end) <= kExact);
  CHECK(b.predict("--solver cg").status == 0);
  CHECK(apart(b.read("p.npz:mean"), end) <= 1e-6);  // the tolerance of the method is 1e-8 in the kernel's norm
}

TEST_CASE("the kernel from a file, and the time to a loss") {
  const Bench b;
  const Matrix y = b.read("y.csv");
  CHECK(b.predict("").status == 0);
  const Matrix expected = b.read("p.npz:mean");
  for (const std::string dtype : {"f64", "f32"}) {
    REQUIRE(b.folder.ntkc("eval net.ntk --x x.npy -o k.npy --dtype " + dtype).status == 0);
    const double tolerance = dtype == "f64" ? 1e-6 : 1e-2;  // of cg in the kernel's norm; of f32 6e-8 times the condition number
    for (const std::string solver : {"cholesky", "cg"}) {
      CAPTURE(solver);
      CHECK(b.predict("--gram k.npy --solver " + solver).status == 0);
      CHECK(apart(b.read("p.npz:mean"), expected) <= tolerance);
    }
  }
  test::write(b.folder / "p.npz.state", "of something else");
  CHECK(contains(b.predict("--solver cg --resume").err, "p.npz.state"));
  CHECK(b.predict("--solver cg").status == 0);  // afresh
  CHECK_FALSE(fs::exists(b.folder / "p.npz.state"));
  CHECK(b.predict("--solver cg --resume").status == 0);  // there is nothing to go on from
  CHECK(contains(b.predict("--gram x.npy").err, "NTK6024"));
  CHECK(contains(b.predict("--gram x.npy --solver cg").err, "NTK6024"));
  REQUIRE(b.folder.ntkc("eval net.ntk --kernel nngp --x x.npy -o k.npy").status == 0);  // of the same samples, another kernel
  CHECK(contains(b.predict("--gram k.npy").err, "by this spec"));
  CHECK(contains(b.predict("--gram k.npy --solver cg").err, "by this spec"));

  const double start = y.squaredNorm() / 60;
  const auto half = b.predict(fmt::format("--to-loss {} --json", start / 2));
  const double time = nlohmann::json::parse(half.out)["time_to_loss"];
  const auto there = b.predict(fmt::format("--time {} --json", time));
  CHECK(nlohmann::json::parse(there.out)["predictions"][0]["train_loss"] == doctest::Approx(start / 2).epsilon(1e-9));
}

TEST_CASE("the posterior of the Gaussian process") {
  const Bench b;
  const Matrix k = b.kernel("nngp", "--x x.npy"), c = b.kernel("nngp", "--x z.npy --y x.npy"), q = b.kernel("nngp", "--x z.npy"),
               y = b.read("y.csv"), noisy = k + 0.1 * Matrix::Identity(30, 30);
  const auto run = b.predict("--method gp --ridge 0.1 --covariance --leave-one-out --json", "x.npy y.csv", "z.npy w.csv");
  CHECK(run.status == 0);
  const Matrix covariance = q - c * noisy.ldlt().solve(Matrix(c.transpose())), mean = c * noisy.ldlt().solve(y), w = b.read("w.csv");
  CHECK(apart(b.read("p.npz:mean"), mean) <= kExact);
  CHECK(apart(b.read("p.npz:cov"), covariance) <= kExact);
  CHECK(apart(b.read("p.npz:std"), covariance.diagonal().cwiseSqrt()) <= kExact);
  const auto said = nlohmann::json::parse(run.out);
  const double evidence = -0.5 * (y.transpose() * noisy.ldlt().solve(y)).trace() - std::log(noisy.determinant()) - 30 * std::log(2 * M_PI);
  CHECK(said["log_marginal_likelihood"] == doctest::Approx(evidence).epsilon(1e-10));
  CHECK(said["predictions"][0]["rmse"] == doctest::Approx(std::sqrt((mean - w).squaredNorm() / 14)).epsilon(1e-9));
  double nll = 0;
  for (Eigen::Index i = 0; i < 7; ++i)
    for (Eigen::Index o = 0; o < 2; ++o) {
      const double v = covariance(i, i) + 0.1;
      nll += (std::log(2 * M_PI * v) + std::pow(mean(i, o) - w(i, o), 2) / v) / 28;
    }
  CHECK(said["predictions"][0]["nll"] == doctest::Approx(nll).epsilon(1e-9));
  CHECK(said.contains("leave_one_out"));
  CHECK(said.contains("condition"));
  CHECK(b.predict("--method gp --ridge 0.1 --solver cg").status == 0);
  CHECK(apart(b.read("p.npz:std"), covariance.diagonal().cwiseSqrt()) <= 1e-6);
}

TEST_CASE("ensembles of networks, and discrete descent") {
  const Bench b;
  const Matrix k = b.kernel("ntk", "--x x.npy"), c = b.kernel("ntk", "--x z.npy --y x.npy"), g = b.kernel("nngp", "--x x.npy"),
               gc = b.kernel("nngp", "--x z.npy --y x.npy"), gz = b.kernel("nngp", "--x z.npy"), y = b.read("y.csv");
  CHECK(b.predict("--method ensemble --time 0,5 --covariance").status == 0);
  const Matrix covariances = b.read("p.npz:cov");
  CHECK(apart(covariances.row(0), gz) <= kExact);  // the prior
  const Matrix a = k.ldlt().solve(Matrix(Matrix::Identity(30, 30) - exponential(k, 5.0 / 30))), ca = c * a;
  const Matrix cross = ca * gc.transpose();
  CHECK(apart(covariances.row(1), gz + ca * g * ca.transpose() - cross - cross.transpose()) <= kExact);
  CHECK(apart(b.read("p.npz:mean").row(1), ca * y) <= kExact);

  CHECK(b.predict("--method gd --learning-rate 3 --steps 1,20 --momentum 0.5").status == 0);
  Matrix weights = Matrix::Zero(30, 2), before = weights;
  std::vector<Matrix> after;
  for (int step = 0; step < 20; ++step) {
    const Matrix next = weights + 0.1 * (y - k * weights) + 0.5 * (weights - before);
    before = std::exchange(weights, next);
    after.push_back(c * weights);
  }
  CHECK(apart(b.read("p.npz:mean").row(0), after[0]) <= kExact);
  CHECK(apart(b.read("p.npz:mean").row(1), after[19]) <= kExact);
}

TEST_CASE("classes: one-hot targets, accuracy, cross-entropy") {
  const Bench b;
  const auto run = b.predict("--json", "x.npy labels.csv", "z.npy tests.csv");
  CHECK(run.status == 0);
  const auto said = nlohmann::json::parse(run.out);
  CHECK(said["classes"] == std::vector<int>{0, 10, 20});
  const Matrix mean = b.read("p.npz:mean"), truth = b.read("tests.csv");
  double right = 0;
  for (Eigen::Index i = 0; i < 7; ++i) {
    Eigen::Index largest = 0;
    mean.row(i).maxCoeff(&largest);
    right += truth(i) == 10.0 * static_cast<double>(largest);
  }
  CHECK(said["predictions"][0]["accuracy"] == doctest::Approx(right / 7));
  // dimension by dimension of time: small times follow the gradient at f = 0, which is 1/3 - one-hot for both losses
  CHECK(b.predict("--time 1e-4", "x.npy labels.csv").status == 0);
  const Matrix squared = b.read("p.npz:mean");
  CHECK(b.predict("--time 1e-4 --loss cross-entropy", "x.npy labels.csv").status == 0);
  CHECK(apart(b.read("p.npz:mean"), squared) <= 1e-3 * squared.cwiseAbs().maxCoeff());
  const auto later = b.predict("--time 0,10,1000 --loss cross-entropy --json", "x.npy labels.csv", "z.npy tests.csv");
  const auto losses = nlohmann::json::parse(later.out)["predictions"];
  CHECK(losses[0]["train_loss"] == doctest::Approx(std::log(3)));
  CHECK(losses[1]["train_loss"] < losses[0]["train_loss"]);
  CHECK(losses[2]["train_loss"] < losses[1]["train_loss"]);
  CHECK(b.predict("--labels values", "x.npy labels.csv").status == 0);
  CHECK(b.read("p.npz:mean").cols() == 1);
}

TEST_CASE("rows, standardised samples, and text") {
  const Bench b;
  CHECK(b.predict("--rows 5:20 --rows-test 1:4").status == 0);
  const Matrix k = b.kernel("ntk", "--x x.npy --rows 5:20"), c = b.kernel("ntk", "--x z.npy --rows 1:4 --y x.npy --rows-y 5:20");
  CHECK(apart(b.read("p.npz:mean"), c * k.ldlt().solve(Matrix(b.read("y.csv").middleRows(5, 15)))) <= kExact);

  Matrix x = b.read("x.npy"), z = b.read("z.npy");
  const Eigen::RowVectorXd mean = x.colwise().mean();
  const Eigen::RowVectorXd deviation = ((x.rowwise() - mean).colwise().squaredNorm() / 30).cwiseSqrt();
  const auto write = [&](const std::string& name, const Matrix& m) {
    std::string text;
    for (Eigen::Index i = 0; i < m.rows(); ++i)
      for (Eigen::Index j = 0; j < 4; ++j) text += fmt::format("{}{}", (m(i, j) - mean(j)) / deviation(j), j < 3 ? "," : "\n");
    test::write(b.folder / name, text);
  };
  write("sx.csv", x), write("sz.csv", z);
  CHECK(b.predict("", "sx.csv y.csv", "sz.csv").status == 0);
  const Matrix expected = b.read("p.npz:mean");
  CHECK(b.predict("--standardize").status == 0);
  CHECK(apart(b.read("p.npz:mean"), expected) <= kExact);

  const auto text = b.folder.ntkc("predict net.ntk --train x.npy y.csv --test z.npy w.csv --time 1,inf -o p.csv");
  CHECK(text.status == 0);
  CHECK(contains(text.out, "t = inf"));
  CHECK(contains(text.out, "largest stable rate"));
  const std::string csv = test::read(b.folder / "p.csv");
  CHECK(csv.starts_with("of,time,sample,mean_0,mean_1\ntest,1,0,"));
  CHECK(std::ranges::count(csv, '\n') == 1 + 2 * 7);
}

TEST_CASE("tuned params are where the likelihood is largest") {
  const Bench b;
  test::write(b.folder / "free.ntk",
              "ntk 1\nparam sigma_w = 1 in [0.1, 5]\nparam sigma_b = 0.2 in [0, 3]\nparam unused_depth = 2\n"
              "network n { input x: [4]; repeat unused_depth { dense(sigma_w = sigma_w, sigma_b = sigma_b); erf }; dense(sigma_w = 1) }\n");
  const Matrix x = b.read("x.npy");  // something that such a network can learn, and what it cannot
  std::string wave;
  for (Eigen::Index i = 0; i < 30; ++i)
    wave += fmt::format("{}\n", std::sin(2 * x(i, 0) + x(i, 1)) + 0.3 * x(i, 2) + 0.05 * std::sin(100.0 * static_cast<double>(i)));
  test::write(b.folder / "wave.csv", wave);
  const auto run = [&](const std::string& options) {
    const auto out = b.folder.ntkc("predict free.ntk --method gp --train x.npy wave.csv --test z.npy --json " + options);
    CAPTURE(out.err);
    REQUIRE(out.status == 0);
    return nlohmann::json::parse(out.out);
  };
  const auto likelihood = [&](double w, double bias, double noise) {
    return run(fmt::format("-D sigma_w={} -D sigma_b={} --ridge {}", w, bias, noise))["log_marginal_likelihood"].get<double>();
  };
  const auto tuned = run("--tune sigma_w,sigma_b,noise");
  const auto value = [&](const char* name) { return tuned["tuned"]["params"][name]["value"].get<double>(); };
  const double w = value("sigma_w"), bias = value("sigma_b"), noise = value("noise"), best = tuned["log_marginal_likelihood"];
  CHECK(tuned["tuned"]["log_marginal_likelihood"] == doctest::Approx(best));
  CHECK(likelihood(w, bias, noise) == doctest::Approx(best));  // what -D and --ridge say is the same
  CHECK(best > likelihood(1, 0.2, 0.01));
  CHECK(tuned["tuned"]["params"]["noise"]["at_bound"] == false);
  CHECK(noise < 0.05);
  constexpr double kFlat = 1e-5;  // the search ends when a step gains less than 1e-8 of the value
  for (const double factor : {0.97, 1.03}) {
    CHECK(likelihood(std::clamp(w * factor, 0.1, 5.0), bias, noise) <= best + kFlat);
    CHECK(likelihood(w, std::clamp(bias * factor, 0.0, 3.0), noise) <= best + kFlat);
    CHECK(likelihood(w, bias, noise * factor) <= best + kFlat);
  }
  const auto wrong = b.folder.ntkc("predict free.ntk --method gp --train x.npy y.csv --test z.npy --tune sigma_v,noise");
  CHECK(wrong.status == 1);
  CHECK(contains(wrong.err, "NTK2022"));
  const auto singular = b.folder.ntkc("predict free.ntk --method ntk --train x.npy y.csv --test z.npy --tune sigma_w");
  CHECK(singular.status == 0);  // 30 different samples: regular without noise, too
}

TEST_CASE("what does not fit together is said before the work") {
  const Bench b;
  const auto status = [&](const std::string& options, const std::string& what) {
    const auto run = b.predict(options);
    CAPTURE(options);
    CAPTURE(run.err);
    CHECK(contains(run.err, what));
    CHECK_FALSE(fs::exists(b.folder / "p.npz"));
    return run.status;
  };
  CHECK(status("--time 3,1", "each larger than the one before") == 2);
  CHECK(status("--ridge=-1", "not negative") == 2);
  CHECK(status("--momentum 0.9", "--method ntk") == 2);
  CHECK(status("--method gp --time 3", "--method gp") == 2);
  CHECK(status("--time 3 --solver cg", "--solver cg") == 2);
  CHECK(status("--loss cross-entropy --time 1", "needs classes") == 1);
  CHECK(status("--loss cross-entropy", "--time inf") == 2);
  CHECK(status("--resume", "--solver cg for --resume") == 2);
  const auto files = b.folder.ntkc("predict net.ntk --train x.npy --test z.npy");
  CHECK(files.status == 2);
  CHECK(contains(files.err, "predict --train` needs X Y"));
  const auto many = b.folder.ntkc("predict net.ntk --train x.npy y.csv z.npy --test z.npy");
  CHECK(many.status == 2);
  CHECK(contains(many.err, "`z.npy` is one too many"));
  const auto odd = b.folder.ntkc("predict net.ntk --train x.npy w.csv --test z.npy");
  CHECK(odd.status == 1);
  CHECK(contains(odd.err, "NTK6016"));
}
