#include "backends/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <set>

#include "backends/feeding.hpp"
#include "backends/statements.hpp"
#include "expr/zeros.hpp"
#include "ntk/runtime/zeros.hpp"
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
    functions();
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

  // The activations that are integrated numerically, their derivatives, and where these are not smooth.
  void functions() {
    std::set<std::pair<std::uint32_t, int>> wanted;
    std::set<std::uint32_t> integrated;
    std::set<std::pair<std::uint32_t, int>> polynomials;
    std::map<std::pair<std::uint32_t, int>, const Step*> tables;
    const std::function<void(const std::vector<Step>&)> visit = [&](const std::vector<Step>& steps) {
      for (const auto& s : steps) {
        if (s.kind == Step::Kind::compute && s.op == ir::Op::map) wanted.insert({s.phi, 0});
        if (s.kind == Step::Kind::compute && (s.op == ir::Op::mean_quadrature || s.op == ir::Op::hermite ||
                                              s.op == ir::Op::dual_quadrature || s.op == ir::Op::distance_quadrature)) {
          wanted.insert({s.phi, s.order_phi}), integrated.insert(s.phi);
          if (s.op == ir::Op::hermite && has_slope(plan_, s.phi, s.order_phi)) wanted.insert({s.phi, s.order_phi + 1});
          if (s.op == ir::Op::dual_quadrature) wanted.insert({s.psi, s.order_psi}), integrated.insert(s.psi);
        }
        if (s.kind == Step::Kind::compute && (s.op == ir::Op::dual_quadrature || s.op == ir::Op::distance_quadrature))
          for (const auto& [phi, order] : {std::pair(s.phi, int(s.order_phi)), std::pair(s.psi, int(s.order_psi))})
            if (is_polynomial(plan_, phi)) wanted.insert({phi, 0}), polynomials.insert({phi, order});
        if (s.kind == Step::Kind::compute && s.op == ir::Op::hermite) tables.insert({{s.phi, s.order_phi}, &s});
        visit(s.body);
      }
    };
    visit(plan_.parameter.steps);
    tables.clear();  // of one variance none is needed
    for (const auto* code : {&plan_.sample, &plan_.pair}) visit(code->steps);
    for (const auto& [phi, order] : wanted) activation(phi, order);
    for (const auto phi : integrated) breaks(phi);
    for (const auto& [phi, order] : polynomials) pieces(phi, order);
    for (const auto& [key, step] : tables) table(*step);
  }

  void pieces(std::uint32_t phi, int order) {
    out_.line("");
    out_.comment(order == 0 ? "The polynomials that it consists of." : "The polynomials that its derivative consists of.", "///");
    const auto name = names_.phi[phi];
    out_.line(fmt::format("::ntk::quadrature::Pieces {} =", pieces_name(names_, phi, order)));
    std::string slopes;
    for (int i = 0; i < order; ++i) slopes += ".slope()";
    out_.line(fmt::format("    ::ntk::quadrature::Pieces([this](const auto& z) {{ return {0}(z); }}, {0}_breaks()){1};", name, slopes));
  }

  void activation(std::uint32_t phi, int order) {
    const auto e = expr::simplify(expr::derivative(plan_.activations[phi].phi, order));
    out_.line("");
    out_.comment(
        fmt::format("{}{}", plan_.activations[phi].name, order == 0 ? ": " + expr::to_text(e) : fmt::format(", derivative {}", order)),
        "///");
    Text body(out_.depth() + 1);
    write_function_body(body, e, "z", "T", names_.param_names);
    write_member(out_, "template <class T>", "T " + function_name(names_, phi, order), {{"const T&", "z"}}, std::move(body));
  }

  void breaks(std::uint32_t phi) {
    const expr::Expr& f = plan_.activations[phi].phi;
    const auto places = expr::breaks(f);
    std::string list;
    std::size_t count = 0;
    for (const auto* set : {&places.kinks, &places.jumps})
      for (const auto& e : *set) list += (count++ == 0 ? "" : ", ") + spell_params(e, names_.param_names);
    if (!places.complete && !expr::params_of(f).empty()) return moving_breaks(phi, list);
    if (!places.complete) {  // conditions that cannot be solved: their zeros, where variances below 40 reach
      list.clear(), count = 0;
      for (const double at : expr::break_points(f, {}, -::ntk::quadrature::kFarthestZero, ::ntk::quadrature::kFarthestZero))
        list += (count++ == 0 ? "" : ", ") + double_literal(at);
    }
    out_.line("");
    out_.comment("Where it is not smooth.", "///");
    out_.line(fmt::format("std::array<double, {}> {}_breaks() const {{ return {{{}}}; }}", count, names_.phi[phi], list));
  }

  // Those that params move and no formula gives are looked for when the evaluator is built.
  void moving_breaks(std::uint32_t phi, const std::string& known) {
    const std::string& name = names_.phi[phi];
    const auto conditions = expr::unsolved_conditions(plan_.activations[phi].phi);
    const auto condition = [&](std::size_t i) { return fmt::format("{}_condition{}", name, i); };
    for (std::size_t i = 0; i < conditions.size(); ++i) {
      out_.line("");
      out_.comment("It is not smooth at the zeros of " + expr::to_text(conditions[i]) + ".", "///");
      Text body(out_.depth() + 1);
      write_function_body(body, conditions[i], "z", "T", names_.param_names);
      write_member(out_, "template <class T>", "T " + condition(i), {{"const T&", "z"}}, std::move(body));
    }
    out_.line("");
    out_.comment("Where it is not smooth at these params.", "///");
    out_.open(fmt::format("std::vector<double> {}_places = [this]", name));
    out_.line(fmt::format("std::vector<double> places{{{}}};", known));
    for (std::size_t i = 0; i < conditions.size(); ++i)
      out_.line(fmt::format("::ntk::quadrature::add_sign_changes([this](double z) {{ return {}(z); }}, places);", condition(i)));
    out_.line("return places;");
    out_.close("}();");
    out_.line(fmt::format("const std::vector<double>& {0}_breaks() const {{ return {0}_places; }}", name));
  }

  void table(const Step& s) {
    const bool odd = expr::parity(expr::derivative(plan_.activations[s.phi].phi, s.order_phi)) == expr::Parity::odd;
    const bool has_mean = !odd && has_slope(plan_, s.phi, s.order_phi);
    out_.line("");
    out_.comment("Its series over variances, filled when they are met; copies share it.", "///");
    out_.line(fmt::format("std::shared_ptr<const ::ntk::quadrature::SeriesTable> {} =", table_name(names_, s.phi, s.order_phi)));
    out_.line(fmt::format("    std::make_shared<const ::ntk::quadrature::SeriesTable>({}, {}, {});", s.terms, s.beyond, has_mean));
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
