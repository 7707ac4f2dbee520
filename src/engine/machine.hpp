// Interprets one of a plan's programs over lanes: lanes are samples, or pairs of one sample with several.
#pragma once
#include <cstdint>
#include <vector>

#include "engine/duals.hpp"
#include "engine/store.hpp"

namespace ntkc::engine {

// What all runs of a plan share.
struct Context {
  Context(const plan::Plan& plan, const expr::ParamValues& params);
  const plan::Plan& plan;
  std::vector<double> constants, params;
  std::vector<Activation> activations;
  Store parameter;

 private:
  void make_tables();
};

// What a run reads beyond its own locals.
struct Inputs {
  std::size_t lanes = 1;
  // sample program: the rows of its lanes
  const double* rows = nullptr;
  std::size_t stride = 0;
  std::vector<std::size_t> sizes, offsets;  // of the inputs in a row
  // pair program: sample x (one for all lanes, or one a lane from x_first), samples x' from y_first
  const Store* x = nullptr;
  const Store* y = nullptr;
  std::size_t x_first = 0, y_first = 0;
  bool x_is_one = true;
  const std::uint32_t* x_at = nullptr;  // not null: samples x of the lanes, wherever they are, and samples x' in y_at
  const std::uint32_t* y_at = nullptr;
  std::size_t y_period = 0;  // not 0: y_at begins anew after so many lanes, whole packs of samples that lie in order
  std::vector<const double*> products;
  const double* same = nullptr;
};

class Machine {
 public:
  Machine(const Context& context, const plan::Code& code);

  // Stores go to samples first, first + 1, ... of `out`.
  void run(const Inputs& inputs, Store* out, std::size_t first);
  Operand number(const plan::Ref& ref) const;  // after a run
  // The part of all duals that series did not give.
  double beyond_series() const { return duals_ == 0 ? 0 : static_cast<double>(beyond_series_) / static_cast<double>(duals_); }

 private:
  void execute(const std::vector<plan::Step>& steps);
  void loop(const plan::Step& step);
  void store(const plan::Step& step);
  void compute(const plan::Step& step);
  void features(const plan::Step& step);
  void expectation(const plan::Step& step);
  void copy(const Operand& from, double* to) const;
  Operand gather(const double* from, const std::uint32_t* at) const;

  double* lanes(std::uint32_t local) { return numbers_.data() + local * kLanes; }
  const double* row(const plan::Ref& ref, std::size_t lane) const;  // features
  std::size_t row_size(const plan::Ref& ref) const;
  LaneSeries series(const plan::Ref& ref) const;
  std::size_t element(const plan::Slot& slot) const;

  const Context& context_;
  const plan::Code& code_;
  const Inputs* in_ = nullptr;
  Store* out_ = nullptr;
  std::size_t first_ = 0, width_ = 0;  // width_: lanes, packed
  std::vector<double> numbers_;        // of number locals
  struct Rows {                        // of features and series locals
    std::size_t size = 0, terms = 0;
    std::vector<double> numbers;
  };
  std::vector<Rows> rows_;
  std::vector<double> next_;
  mutable std::vector<double> gathered_;  // the last few operands of scattered lanes
  mutable std::size_t gathers_ = 0;
  std::vector<std::size_t> counters_;
  std::size_t duals_ = 0, beyond_series_ = 0;
  Integrals integrals_;
};

}  // namespace ntkc::engine
