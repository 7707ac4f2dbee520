// Where no closed form or no memory serves: conjugate gradients on a kernel that is computed anew in every iteration, and the flow of the
// cross-entropy by a solver of differential equations.
#include <sys/stat.h>

#include <chrono>
#include <cmath>

#include "driver/predict_methods.hpp"
#include "ntk/inference/any_loss.hpp"
#include "ntk/inference/conjugate_gradients.hpp"

namespace ntkc::driver {
namespace {

using inference::Index;
using inference::Matrix;

constexpr double kTolerance = 1e-8;                                    // relative, in the norm of the kernel
constexpr double kPreconditionerNumbers = 16e6, kBlockNumbers = 32e6;  // 128 and 256 MB
constexpr auto kSaveEvery = std::chrono::seconds(30);

// Rows of a block: every block makes its own fits of the kernel, so the larger the better.
Index rows_for(Index n) { return std::min<Index>(n, std::max<Index>(256, static_cast<Index>(kBlockNumbers / static_cast<double>(n)))); }
Index rank_for(Index n) { return std::min<Index>(n / 4, static_cast<Index>(kPreconditionerNumbers / static_cast<double>(n))); }

// Diagonal entries are those of a sample with itself.
inference::RowsOperator kernel_operator(Work& work) {
  inference::Vector diagonal = work.kernels.diag(work.job.train)[work.own()];
  return {diagonal,
          [&work, diagonal](Index first, inference::MatrixOut block) {
            work.kernels.rows(work.job.train, work.own(), first, block);
            for (Index i = 0; i < block.rows(); ++i)
              if (first + i < block.cols()) block(i, first + i) = diagonal(first + i);
          },
          rows_for(diagonal.size())};
}

bool exists(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0;
}

struct Solve {
  const inference::Operator& kernel;
  const inference::Preconditioner& preconditioner;
  Work& work;

  inference::CgSolution operator()(const Matrix& targets, const std::string& state) const {
    const PredictOptions& o = work.job.options;
    inference::CgOptions options{o.ridge, kTolerance, 1000, {}};
    Progress progress(o.progress, static_cast<std::uint64_t>(options.iterations));
    auto saved = std::chrono::steady_clock::now();
    options.progress = [&](const inference::CgProgress& now) {
      progress.advance(1);
      if (!state.empty() && std::chrono::steady_clock::now() - saved > kSaveEvery) {
        now.state.save(state);
        saved = std::chrono::steady_clock::now();
      }
      return true;
    };
    const bool goes_on = o.resume && !state.empty() && exists(state);
    return inference::conjugate_gradients(kernel, preconditioner, targets, options,
                                          goes_on ? inference::CgState::load(state) : inference::CgState{});
  }
};

// Of tests in blocks of columns, so that memory stays bounded.
inference::Vector posterior_deviation(const Solve& solve, const Matrix& cross, const inference::Vector& prior) {
  constexpr Index kBlock = 256;
  inference::Vector variance = prior;
  for (Index first = 0; first < cross.rows(); first += kBlock) {
    const Index count = std::min(kBlock, cross.rows() - first);
    const Matrix weights = solve(cross.middleRows(first, count).transpose(), "").weights;
    variance.segment(first, count) -= cross.middleRows(first, count).cwiseProduct(weights.transpose()).rowwise().sum();
  }
  return variance.cwiseMax(0).cwiseSqrt();
}

}  // namespace

std::optional<Prediction> regress_iteratively(Work& work) {
  const PredictJob& job = work.job;
  const PredictOptions& o = job.options;
  const auto file = o.gram.empty() ? nullptr : open_gram(work);
  if (!o.gram.empty() && !file) return std::nullopt;
  const auto kernel = file ? file->kernel() : kernel_operator(work);
  const inference::Preconditioner preconditioner(kernel, rank_for(kernel.size()), o.ridge);
  const Solve solve{kernel, preconditioner, work};
  const auto solution = solve(job.targets.values, o.state);
  if (!solution.converged)
    work.diagnostics.report_global(
        Code::not_converged, "the method of conjugate gradients",
        fmt::format("after {} iterations the relative error is about {:.1e}", solution.iterations, solution.relative_error.maxCoeff()));
  Prediction p;
  p.solver = fmt::format("cg, {} iterations with a preconditioner of rank {}, relative error {} {:.1e}", solution.iterations,
                         preconditioner.rank(), solution.rigorous ? "below" : "about", solution.relative_error.maxCoeff());
  const Matrix cross = std::move(work.kernels.cross(job.test, job.train)[work.own()]);
  p.mean.emplace_back(cross * solution.weights);
  const Matrix fitted = job.targets.values - o.ridge * solution.weights;
  const double residual = (o.ridge * solution.weights).squaredNorm() / 2;
  p.train_loss.push_back(o.sum ? residual : residual / static_cast<double>(kernel.size()));
  if (o.on_train) p.train_mean.push_back(fitted);
  if (o.method == Method::gp && solution.converged)
    p.std.push_back(posterior_deviation(solve, cross, work.kernels.diag(job.test)[work.own()]));
  if (!o.state.empty()) std::remove(o.state.c_str());
  return p;
}

std::optional<Prediction> train_by_integration(Work& work) {
  const PredictJob& job = work.job;
  const PredictOptions& o = job.options;
  const auto gram = training_gram(work);
  if (!gram) return std::nullopt;
  const inference::DenseOperator kernel(*gram);
  inference::Integration options;
  options.training = {o.learning_rate, o.sum ? inference::LossScale::sum : inference::LossScale::mean, 0};
  options.momentum = o.momentum;
  const auto& t = job.targets;
  const auto loss = inference::cross_entropy(inference::class_indices(t.labels, t.classes), t.values.cols());
  const auto path = inference::integrate(kernel, loss, o.times, Matrix::Zero(t.values.rows(), t.values.cols()), options);
  Prediction p;
  p.solver = fmt::format("Runge-Kutta, {} applications of the kernel", path.evaluations);
  p.mean = path.predict(work.kernels.cross(job.test, job.train)[work.own()]);
  if (o.on_train) p.train_mean = path.on_training;
  p.train_loss = path.losses;
  return p;
}

}  // namespace ntkc::driver
