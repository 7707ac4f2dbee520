// Finite random networks beside the limit: means, distances, normality.
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <mutex>

#include "driver/describe.hpp"
#include "driver/verify.hpp"
#include "engine/engine.hpp"

namespace ntkc::driver {
namespace {

using finite::Matrix;

constexpr std::size_t kTrained = 8;  // networks of each width that are trained: a tenth of the work is drawing, the rest is this
constexpr double kRounding = 1e-12;  // of a kernel, relative to sqrt(k(x,x) k(y,y)): below it differences are not of chance

// What one network of one width shows.
struct Drawn {
  std::vector<Matrix<double>> kernels;  // as the plan's outputs
  Eigen::VectorXd f;                    // the first output
  std::optional<Trained> trained;
};

struct Widths {
  finite::Model wide, narrow;  // with as many outputs as channels, whose mean is K; with one
};

// The points of a trend: values of networks at widths.
class Points {
 public:
  void add(std::size_t width, double value) { widths_.push_back(double(width)), values_.push_back(value); }
  Trend trend(std::string name, const std::vector<std::size_t>& widths) const {
    Trend out{std::move(name), {}, {}};
    for (const std::size_t width : widths) {
      double sum = 0, count = 0;
      for (std::size_t k = 0; k < values_.size(); ++k)
        if (widths_[k] == double(width)) sum += values_[k], ++count;
      out.means.push_back(sum / count);
    }
    if (std::ranges::all_of(values_, [](double v) { return v > kRounding; })) out.slope = finite::log_slope(widths_, values_);
    return out;
  }

 private:
  std::vector<double> widths_, values_;
};

class Networks {
 public:
  Networks(const Compilation& c, std::size_t i, const io::Matrix& x, const Kernels& limit, Verification& result)
      : graph_(c.graphs[i]), plan_(c.plans[i]), result_(result), options_(result.options) {
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const auto n = static_cast<Eigen::Index>(x.rows);
    x_ = Eigen::Map<const RowMajor>(x.values.data(), n, static_cast<Eigen::Index>(x.columns));
    for (const auto& k : limit) limits_.emplace_back(Eigen::Map<const RowMajor>(k.data(), n, n));
    for (std::size_t o = 0; o < plan_.outputs.size(); ++o) (plan_.outputs[o].name == "ntk" ? ntk_ : nngp_) = o;
    if (ntk_ && limits_[*ntk_].norm() > 0) lesson_ = lesson(x_, limits_[*ntk_], options_.seed);
  }

  bool run(Diagnostics& diagnostics) {
    std::vector<Widths> models;
    double work = 0;
    for (const std::size_t width : options_.widths) {
      const auto model = [&](std::size_t outputs) {
        const double growth = double(width) / double(options_.widths[0]);
        return finite::make_model(graph_, engine::input_sizes(plan_, std::size_t(x_.cols())), {width, outputs, growth}, values(graph_),
                                  diagnostics);
      };
      auto wide = model(width), narrow = wide ? model(1) : std::nullopt;
      if (!wide || !narrow) return false;
      work += double(options_.networks) * wide->parameters();
      result_.parameters.push_back(narrow->parameters());
      models.push_back({std::move(*wide), std::move(*narrow)});
    }
    Progress progress(options_.progress, std::uint64_t(work));
    for (const Widths& w : models) drawn_.push_back(draw(w, progress));
    judge();
    trends();
    return true;
  }

 private:
  std::vector<Drawn> draw(const Widths& models, Progress& progress) {
    std::vector<Drawn> out(options_.networks);
    std::mutex one_at_a_time;
    tbb::task_arena arena(options_.threads ? int(options_.threads) : int(tbb::task_arena::automatic));
    arena.execute([&] {
      tbb::parallel_for(std::size_t(0), out.size(), [&](std::size_t k) {
        out[k] = one(models, k);
        const std::scoped_lock lock(one_at_a_time);
        progress.advance(std::uint64_t(models.wide.parameters()));
      });
    });
    return out;
  }

  Drawn one(const Widths& models, std::size_t k) const {
    const std::uint64_t seed = finite::stream({options_.seed, std::uint64_t(models.wide.parameters()), k});
    const auto theta = finite::draw<double>(models.wide, seed);
    const auto batch = finite::batch(models.wide, x_, finite::stream({seed}));
    const auto t = finite::tangents(models.wide, theta, batch, ntk_ ? 1 : 0);
    Drawn out{std::vector<Matrix<double>>(limits_.size()), t.f(models.wide).col(0), {}};
    if (nngp_) out.kernels[*nngp_] = finite::empirical_nngp(models.wide, t, t);
    if (ntk_) out.kernels[*ntk_] = finite::empirical_ntk(models.wide, t, 0, t, 0);
    if (lesson_ && k < kTrained) out.trained = train(models.narrow, *lesson_, seed);
    return out;
  }

  // sqrt(k(x,x) k(y,y)); of a kernel that vanishes there its largest, or one: then nothing but zero is near.
  double scale(std::size_t o, Eigen::Index i, Eigen::Index j) const {
    const Matrix<double>& k = limits_[o];
    if (const double own = std::sqrt(k(i, i) * k(j, j)); own > 0) return own;
    return k.norm() > 0 ? k.norm() : 1;
  }

  // The mean of one entry over the networks of each width, extrapolated.
  finite::Estimate estimate(std::size_t o, Eigen::Index i, Eigen::Index j) const {
    std::vector<double> widths(options_.widths.begin(), options_.widths.end()), entries(options_.networks);
    std::vector<finite::Estimate> means;
    for (const auto& networks : drawn_) {
      for (std::size_t k = 0; k < networks.size(); ++k) entries[k] = networks[k].kernels[o](i, j);
      means.push_back(finite::mean(entries));
      means.back().error = std::hypot(means.back().error, kRounding * scale(o, i, j));
    }
    return finite::limit(widths, means);
  }

  void judge() {
    const Eigen::Index n = x_.rows();
    const double chance = kFalseAlarm / 2 / double(limits_.size() * std::size_t(n * (n + 1) / 2));
    for (std::size_t o = 0; o < limits_.size(); ++o) {
      LimitCheck worst{plan_.outputs[o].name};
      for (Eigen::Index i = 0; i < n; ++i)
        for (Eigen::Index j = 0; j <= i; ++j) {
          const double expected = limits_[o](i, j);
          const finite::Estimate e = estimate(o, i, j);
          const double deviations = std::abs(e.value - expected) / e.error, critical = finite::critical(chance, e.freedom);
          if (worst.critical > 0 && deviations / critical <= worst.deviations / worst.critical) continue;
          worst = {worst.kernel, std::size_t(i), std::size_t(j), expected, e.value, e.error, deviations, critical};
        }
      result_.limits.push_back(worst);
    }
    if (nngp_ && graph_.nodes[graph_.output].law == graph::Law::gaussian) result_.normality = normality(limits_[*nngp_]);
  }

  // One output a network, in the eigenbasis of the limit's K, over its roots: independent standard normal numbers.
  double normality(const Matrix<double>& k) const {
    const Eigen::SelfAdjointEigenSolver<Matrix<double>> solver(k);
    const double least = 1e-9 * solver.eigenvalues().maxCoeff();  // of samples that are not multiples of others
    std::vector<double> z;
    for (const Drawn& network : drawn_.back())
      for (Eigen::Index i = 0; i < k.rows(); ++i)
        if (const double q = solver.eigenvalues()[i]; q > least) z.push_back(solver.eigenvectors().col(i).dot(network.f) / std::sqrt(q));
    return finite::normality(std::move(z));
  }

  void trends() {
    for (std::size_t o = 0; o < limits_.size(); ++o) {
      Points distance, spread;
      const double size = limits_[o].norm() > 0 ? limits_[o].norm() : 1;
      for (std::size_t w = 0; w < drawn_.size(); ++w) {
        Matrix<double> mean = Matrix<double>::Zero(x_.rows(), x_.rows());
        for (const Drawn& network : drawn_[w]) mean += network.kernels[o] / double(drawn_[w].size());
        for (const Drawn& network : drawn_[w]) {
          distance.add(options_.widths[w], (network.kernels[o] - limits_[o]).norm() / size);
          spread.add(options_.widths[w], (network.kernels[o] - mean).norm() / size);
        }
      }
      result_.trends.push_back(distance.trend(plan_.outputs[o].name + ": distance from the limit", options_.widths));
      result_.trends.push_back(spread.trend(plan_.outputs[o].name + ": spread about the mean", options_.widths));
    }
    if (!lesson_) return;
    Points drift, gap, kappa;
    for (std::size_t w = 0; w < drawn_.size(); ++w)
      for (const Drawn& network : drawn_[w]) {
        if (!network.trained) continue;
        drift.add(options_.widths[w], network.trained->drift);
        gap.add(options_.widths[w], network.trained->gap);
        kappa.add(options_.widths[w], network.trained->kappa);
      }
    result_.trends.push_back(drift.trend("training: drift of the NTK", options_.widths));
    result_.trends.push_back(gap.trend("training: distance from the linearised network", options_.widths));
    result_.trends.push_back(kappa.trend("laziness kappa", options_.widths));
  }

  const graph::Network& graph_;
  const plan::Plan& plan_;
  Verification& result_;
  const VerifyOptions& options_;
  Matrix<double> x_;
  std::vector<Matrix<double>> limits_;
  std::optional<std::size_t> nngp_, ntk_;  // of the plan's outputs
  std::optional<Lesson> lesson_;
  std::vector<std::vector<Drawn>> drawn_;  // [width][network]
};

}  // namespace

bool check_networks(const Compilation& c, std::size_t i, const io::Matrix& x, const Kernels& limit, Verification& result,
                    Diagnostics& diagnostics) {
  return Networks(c, i, x, limit, result).run(diagnostics);
}

}  // namespace ntkc::driver
