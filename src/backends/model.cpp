#include "backends/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <set>

#include "backends/feeding.hpp"
#include "backends/functions.hpp"
#include "backends/statements.hpp"
#include "plan/collapse.hpp"

namespace ntkc::backends {
namespace {

using plan::Ref;
using plan::Step;

std::string bound(std::optional<double> value, const char* infinite) { return value ? fmt::format("{}", *value) : infinite; }

std::string slot_member(const plan::Slot& slot, const std::string& name) {
  auto text = name;
  for (const auto e : slot.extents) text += fmt::format("[{}]", e);
  if (slot.type == ir::Type::series) text += fmt::format("[{}]", slot.numbers());
  return text;
}

std::uint64_t numbers(const plan::Slot& slot) { return slot.elements() * slot.numbers(); }

class ModelWriter {
 public:
  ModelWriter(Text& out, const plan::Plan& plan) : out_(out), plan_(plan), names_(names_of(plan)), layout_(plan) {}

  void params() {
    out_.line("");
    out_.comment(plan_.params.empty() ? "The network has no run-time params." : "Run-time params, with the spec's values as defaults.",
                 "///");
    out_.open("struct Params");
    for (std::size_t i = 0; i < plan_.params.size(); ++i) {
      const auto& p = plan_.params[i];
      std::vector<ParamName> earlier(names_.param_names.begin(), names_.param_names.begin() + static_cast<std::ptrdiff_t>(i));
      for (std::size_t k = 0; k < i; ++k) earlier[k].spelling = names_.params[k];
      const auto used = expr::params_of(p.fallback);
      bool known = !used.empty();
      for (const auto& name : used)
        known = known && std::any_of(earlier.begin(), earlier.end(), [&](const ParamName& e) { return e.param == name; });
      const auto value = known ? spell_params(p.fallback, earlier) : double_literal(p.value);
      const auto range = p.low || p.high ? fmt::format("  ///< in [{}, {}]", bound(p.low, "-inf"), bound(p.high, "inf")) : "";
      out_.line(fmt::format("double {} = {};{}", names_.params[i], value, range));
    }
    out_.close("};");
  }

  void evaluator() {
    sample_struct();
    model();
    out_.line("using Evaluator = ::ntk::Evaluator<Model>;");
    out_.line("using Kernels = ::ntk::Kernels<double>;");
    out_.line("");
    out_.comment(plan_.by.empty() ? "The kernels of one pair under the default params." : "Those of one pair under the default params.",
                 "///");
    out_.line("template <class A, class B>");
    out_.open("auto pair(const A& x, const B& y)");
    out_.line("static const Evaluator evaluator;");
    out_.line("return evaluator.pair(x, y);");
    out_.close();
  }

 private:
  void sample_struct() {
    out_.line("");
    out_.comment("What a pair needs to know of each of its samples.", "///");
    out_.line("template <class T>");
    out_.open("struct Sample");
    for (std::size_t i = 0; i < plan_.sample.slots.size(); ++i) {
      const auto& slot = plan_.sample.slots[i];
      if (slot.type == ir::Type::features) continue;
      out_.line(fmt::format("T {};", slot_member(slot, names_.sample[i])));
      sample_numbers_ += numbers(slot);
    }
    out_.close("};");
  }

  void model() {
    out_.line("");
    out_.comment("The recursion: what the evaluator runs once a set of params, once a sample and once a pair.", "///");
    out_.open("class Model");
    out_.label("public:");
    out_.line("using Parameters = Params;");
    out_.line("template <class T>");
    out_.line("using SampleOf = Sample<T>;");
    out_.line("Params params;");
    out_.line("");
    constructor();
    sample_code(plan_.sample, Program::sample);
    if (plan::is_of_norms(plan_) && !plan::reads_rows(plan_)) sample_code(*plan_.of_features, Program::features);
    pair_code();
    write_functions(out_, plan_, names_);
    write_feeding(out_, plan_, layout_, sample_numbers_);
    if (!plan_.parameter.slots.empty()) {
      out_.line("");
      out_.label("private:");
      for (std::size_t i = 0; i < plan_.parameter.slots.size(); ++i)
        out_.line(fmt::format("double {};", slot_member(plan_.parameter.slots[i], names_.parameter[i])));
    }
    out_.close("};");
    out_.line("");
  }

  void constructor() {
    const bool plain = plan_.params.empty() && plan_.parameter.steps.empty();
    if (plain) {
      out_.line("explicit Model(const Params& values) : params(values) {}");
      return;
    }
    out_.comment("Throws std::domain_error if a param is out of its range.", "///");
    out_.open("explicit Model(const Params& values) : params(values)");
    for (std::size_t i = 0; i < plan_.params.size(); ++i) {
      const auto& p = plan_.params[i];
      constexpr double kInfinity = std::numeric_limits<double>::infinity();
      out_.line(fmt::format("::ntk::check_range({}, params.{}, {}, {});", string_literal(p.name), names_.params[i],
                            double_literal(p.low.value_or(-kInfinity)), double_literal(p.high.value_or(kInfinity))));
    }
    write_statements(out_, plan_, names_, layout_, Program::parameter);
    out_.close();
  }

  void sample_code(const plan::Code& code, Program program) {
    const bool whole = program == Program::sample;
    out_.line("");
    out_.comment(whole ? "Once a sample: everything that one sample alone decides."
                       : "Of a sample that is given as the features that products read: kernels are functions of their norms and angle.",
                 "///");
    std::set<std::uint32_t> used;
    const std::function<void(const std::vector<Step>&)> visit = [&](const std::vector<Step>& steps) {
      for (const auto& s : steps) {
        for (const auto& r : s.operands)
          if (r.where == Ref::Where::input && s.op != ir::Op::size) used.insert(r.index);
        visit(s.body);
      }
    };
    visit(code.steps);
    Text body(out_.depth() + 1);
    for (const auto input : used) {
      const auto offset = layout_.offset(input);
      body.line(fmt::format("const T* const {} = row{};", names_.inputs[input], offset == "0" ? "" : " + " + offset));
    }
    write_statements(body, plan_, names_, layout_, program);
    write_member(out_, "template <class T>", whole ? "void sample" : "void sample_of_features",
                 {{"const T*", "row"}, {"std::size_t", "columns"}, {"Sample<T>&", "out"}, {"T*", "computed"}}, std::move(body));
  }

  void pair_code() {
    out_.line("");
    out_.comment("Once a pair: x and y of the sample code, and what is read off both rows:", "///");
    for (std::size_t i = 0; i < plan_.products.size(); ++i) {
      const auto& p = plan_.products[i];
      const auto f = feature_name(p.left), g = feature_name(p.right);
      const auto what = p.op == ir::Op::inner      ? fmt::format("mean of {} {}'", f, g)
                        : p.op == ir::Op::distance ? fmt::format("mean of ({} - {}')^2", f, g)
                                                   : fmt::format("Gram determinant of {} and {}'", f, g);
      out_.comment(fmt::format("  products[{}]: {}", i, what), "///");
    }
    Text body(out_.depth() + 1);
    write_statements(body, plan_, names_, layout_, Program::pair);
    write_member(out_, "template <class X, class T>", "void pair",
                 {{"const Sample<X>&", "x"}, {"const Sample<T>&", "y"}, {"const T*", "products"}, {"const T&", "same"}, {"T*", "out"}},
                 std::move(body));
  }

  std::string feature_name(const Ref& r) const { return r.where == Ref::Where::input ? names_.inputs[r.index] : names_.sample[r.index]; }

  Text& out_;
  const plan::Plan& plan_;
  Naming names_;
  Layout layout_;
  std::uint64_t sample_numbers_ = 0;
};

}  // namespace

void write_network(Text& out, const Network& network) {
  for (const auto& note : network.notes) out.comment(note, "///");
  const std::string name = network_name(network.plan.name);
  out.line(fmt::format("namespace {}::NTK_ABI {{", name));  // see ntk/runtime/abi.hpp
  ModelWriter kernels(out, network.plan);
  kernels.params();
  kernels.evaluator();
  for (const auto& derived : network.derivatives) {
    out.line("");
    out.comment(fmt::format("Derivatives of the kernels with respect to {}: symmetric, not positive.", derived.by), "///");
    out.line(fmt::format("namespace {} {{", derivative_name(derived)));
    ModelWriter(out, derived).evaluator();
    out.line(fmt::format("\n}}  // namespace {}", derivative_name(derived)));
  }
  out.line(fmt::format("\n}}  // namespace {}::NTK_ABI", name));
}

}  // namespace ntkc::backends
