#include "backends/functions.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <set>

#include "backends/feeding.hpp"
#include "backends/statements.hpp"
#include "expr/zeros.hpp"
#include "ntk/runtime/zeros.hpp"

namespace ntkc::backends {
namespace {

using plan::Step;

class FunctionWriter {
 public:
  FunctionWriter(Text& out, const plan::Plan& plan, const Naming& names) : out_(out), plan_(plan), names_(names) {}

  void run() {
    std::set<std::pair<std::uint32_t, int>> wanted;
    std::set<std::uint32_t> integrated;
    std::set<std::pair<std::uint32_t, int>> polynomials;
    std::map<std::pair<std::uint32_t, int>, const Step*> tables;
    const auto of_pair = [&](std::uint32_t phi, int order) {
      wanted.insert({phi, order}), integrated.insert(phi);
      if (is_polynomial(plan_, phi)) wanted.insert({phi, 0}), polynomials.insert({phi, order});
    };
    const std::function<void(const std::vector<Step>&)> visit = [&](const std::vector<Step>& steps) {
      for (const auto& s : steps) {
        if (s.kind == Step::Kind::compute && s.op == ir::Op::map) wanted.insert({s.phi, 0});
        if (s.kind == Step::Kind::compute && (s.op == ir::Op::mean_quadrature || s.op == ir::Op::hermite)) {
          wanted.insert({s.phi, s.order_phi}), integrated.insert(s.phi);
          if (s.op == ir::Op::hermite && has_slope(plan_, s.phi, s.order_phi)) wanted.insert({s.phi, s.order_phi + 1});
        }
        if (s.kind == Step::Kind::compute && (s.op == ir::Op::dual_quadrature || s.op == ir::Op::distance_quadrature)) {
          of_pair(s.phi, s.order_phi), of_pair(s.psi, s.order_psi);
          if (s.slope) of_pair(s.phi, 1), of_pair(s.psi, 1);
        }
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

 private:
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
    if (!places.complete) {  // conditions that cannot be solved: their zeros, where variances to 100 reach
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

  Text& out_;
  const plan::Plan& plan_;
  const Naming& names_;
};

}  // namespace

void write_functions(Text& out, const plan::Plan& plan, const Naming& names) { FunctionWriter(out, plan, names).run(); }

}  // namespace ntkc::backends
