// --emit=c: declarations for C and, under NTK_IMPLEMENTATION, their implementation in C++20, all in one file.
#include <fmt/format.h>

#include <algorithm>

#include "backends/header.hpp"
#include "backends/naming.hpp"
#include "backends/runtime_text.hpp"
#include "plan/names.hpp"

namespace ntkc::backends {
namespace {

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

class CWriter {
 public:
  explicit CWriter(const Unit& unit) : unit_(unit) {
    const auto space = plan::identifier(unit.options.name_space);
    if (!space.empty()) prefix_ = space + "_";
  }

  std::string run() && {
    const auto guard = fmt::format("NTK_C_{}{}_H", upper(prefix_), upper(plan::identifier(unit_.options.stem)));
    write_banner(out_, unit_);
    how_to_use();
    out_.line(fmt::format("#ifndef {0}\n#define {0}\n", guard));
    out_.line("#include <stddef.h>\n");
    conventions();
    out_.line("#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    for (const auto& network : unit_.networks) declare(network);
    out_.line("#ifdef __cplusplus\n}  // extern \"C\"\n#endif\n");
    out_.line(fmt::format("#endif  // {}\n", guard));
    implementation(guard);
    return std::move(out_).take();
  }

 private:
  void how_to_use() {
    const auto file = unit_.options.stem + ".ntk.h";
    out_.line("//");
    out_.comment("A library of it for any language, this file being all that is needed:");
    out_.comment(fmt::format("  g++ -std=c++20 -O3 -march=native -x c++ -DNTK_IMPLEMENTATION -shared -fPIC {} -o lib{}.so", file,
                             plan::identifier(unit_.options.stem)));
    out_.comment("A C program includes it where it calls it, and links one C++ file that defines NTK_IMPLEMENTATION before including it.");
  }

  void conventions() {
    out_.comment("Every function returns one of these; what it was to write is valid with NTK_OK only.");
    out_.line("#ifndef NTK_STATUS_CODES\n#define NTK_STATUS_CODES");
    out_.line("#define NTK_OK 0");
    out_.line("#define NTK_OUT_OF_RANGE 1   /* a param is outside its declared range, or a kernel is not finite */");
    out_.line("#define NTK_BAD_ARGUMENT 2   /* a shape does not fit the network, a pointer is null, a kernel was not compiled */");
    out_.line("#define NTK_NO_MEMORY 3");
    out_.line("#define NTK_FAILED 4");
    out_.line("#endif\n");
    out_.comment(
        "Matrices are row-major: element (i, j) of a matrix with row stride ld is at [i * ld + j]. A row of x is a sample; the inputs of a "
        "network with several stand one after another in it. Nothing is kept or freed: all memory is the caller's. Either output "
        "may be NULL if that kernel is not wanted. Functions may run at the same time in several threads, with other ranges of rows.");
    out_.line("");
  }

  struct Names {
    std::string base, params;
    Naming naming;
  };
  Names names(const Network& network) const {
    auto naming = names_of(network.plan);
    auto base = prefix_ + naming.network;
    return {base, base + "_params", std::move(naming)};
  }

  void declare(const Network& network) {
    const auto n = names(network);
    for (const auto& note : network.notes) out_.comment(note);
    out_.line(fmt::format("typedef struct {} {{", n.params));
    for (std::size_t i = 0; i < network.plan.params.size(); ++i) {
      const auto& p = network.plan.params[i];
      const auto bound = [](const std::optional<double>& v, const char* none) { return v ? fmt::format("{}", *v) : none; };
      const auto range = p.low || p.high ? fmt::format(", in [{}, {}]", bound(p.low, "-inf"), bound(p.high, "inf")) : "";
      out_.line(fmt::format("  double {}; /* {} by default{} */", n.naming.params[i], p.value, range));
    }
    if (network.plan.params.empty()) out_.line("  char unused; /* the network has no run-time params */");
    out_.line(fmt::format("}} {};\n", n.params));
    out_.comment("Sets the defaults of the spec. Call it first, then change fields.");
    out_.line(fmt::format("int {}_init({}* params);\n", n.params, n.params));
    declare_functions(n, n.base);
    for (const auto& derived : network.derivatives) {
      out_.comment(fmt::format("Derivatives of the kernels with respect to {}: symmetric, not positive.", derived.by));
      declare_functions(n, n.base + "_" + derivative_name(derived));
    }
  }

  void declare_functions(const Names& n, const std::string& base) {
    for (const auto& f : functions()) {
      for (const char* line : f.comment) out_.comment(line);
      out_.line(signature(n, base, f, "double", "") + ";");
      out_.comment("The same with matrices of float, right to 1e-6 of sqrt(k(x, x) k(x', x')).");
      out_.line(signature(n, base, f, "float", "_f32") + ";\n");
    }
  }

  struct Function {
    const char* name;
    std::vector<const char*> comment;
    const char* arguments;  // {0} is the type of the elements
  };
  static std::vector<Function> functions() {
    return {
        {"gram",
         {"The symmetric matrix of the n rows of x (row stride ldx) with each other, into n x n matrices (row stride ldk): the pairs",
          "(i, j <= i) of i in [begin, end), written at (i, j) and (j, i). columns: numbers in a row of x."},
         "const {0}* x, size_t n, size_t columns, size_t ldx, {0}* nngp, {0}* ntk, size_t ldk, size_t begin, size_t end"},
        {"cross",
         {"The matrix of the n rows of x (row stride ldx) with the m rows of y (row stride ldy), into n x m matrices (row stride ldk):",
          "rows [begin, end)."},
         "const {0}* x, size_t n, size_t ldx, const {0}* y, size_t m, size_t ldy, size_t columns, {0}* nngp, {0}* ntk, size_t ldk, size_t "
         "begin, "
         "size_t end"},
        {"diag",
         {"The kernels of each of the n rows of x with itself, into vectors of n numbers."},
         "const {0}* x, size_t n, size_t columns, size_t ldx, {0}* nngp, {0}* ntk"},
        {"pair",
         {"The kernels of one pair: x and y of `columns` numbers each, one number into each output."},
         "const {0}* x, const {0}* y, size_t columns, {0}* nngp, {0}* ntk"},
    };
  }
  static std::string signature(const Names& n, const std::string& base, const Function& f, std::string_view type, std::string_view suffix) {
    return fmt::format("int {}_{}{}(const {}* params, {})", base, f.name, suffix, n.params, fmt::format(fmt::runtime(f.arguments), type));
  }

  void implementation(const std::string& guard) {
    out_.line("#ifdef NTK_IMPLEMENTATION");
    out_.line(fmt::format("#ifndef {0}_IMPLEMENTED\n#define {0}_IMPLEMENTED\n", guard));
    Unit inside = unit_;
    inside.options.standalone = true;
    inside.options.name_space = "ntk_c_" + prefix_ + plan::identifier(unit_.options.stem);
    write_runtime(out_, inside);
    out_.raw(standalone_runtime("ntk/runtime/c_abi.hpp"));
    write_networks(out_, inside);
    out_.line("extern \"C\" {\n");
    for (const auto& network : unit_.networks) implement(network, inside.options.name_space);
    out_.line("}  // extern \"C\"\n");
    out_.line(fmt::format("#endif  // {}_IMPLEMENTED\n#endif  // NTK_IMPLEMENTATION", guard));
  }

  void implement(const Network& network, const std::string& space) {
    const auto n = names(network);
    const auto scope = space + "::" + n.naming.network;
    out_.open(fmt::format("int {}_init({}* params)", n.params, n.params));
    out_.line("if (!params) return NTK_BAD_ARGUMENT;");
    if (n.naming.params.empty()) {
      out_.line("params->unused = 0;");
    } else {
      out_.line(fmt::format("const {}::Params defaults;", scope));
      for (const auto& p : n.naming.params) out_.line(fmt::format("params->{0} = defaults.{0};", p));
    }
    out_.line("return NTK_OK;");
    out_.close("}\n");
    implement_functions(n, n.base, scope, scope);
    for (const auto& derived : network.derivatives)
      implement_functions(n, n.base + "_" + derivative_name(derived), scope, scope + "::" + derivative_name(derived));
  }

  void implement_functions(const Names& n, const std::string& base, const std::string& scope, const std::string& model) {
    std::string fields;
    for (const auto& p : n.naming.params) fields += (fields.empty() ? "" : ", ") + ("params->" + p);
    for (const auto& f : functions()) {
      for (const auto& [type, suffix] : {std::pair{"double", ""}, std::pair{"float", "_f32"}}) {
        out_.open(signature(n, base, f, type, suffix));
        out_.line("if (!params) return NTK_BAD_ARGUMENT;");
        out_.open("return ::ntk::c_abi::status([&]");
        out_.line(fmt::format("const {0}::Model model({1}::Params{{{2}}});", model, scope, fields));
        out_.line(fmt::format("::ntk::c_abi::{}(model, {});", f.name, call_arguments(f, type)));
        out_.close("});");
        out_.close("}\n");
      }
    }
  }

  // The names in a list of parameters.
  static std::string call_arguments(const Function& f, std::string_view type) {
    const auto list = fmt::format(fmt::runtime(f.arguments), type);
    std::string out;
    for (std::size_t begin = 0; begin < list.size();) {
      auto end = list.find(',', begin);
      if (end == std::string::npos) end = list.size();
      const auto argument = list.substr(begin, end - begin);
      out += (out.empty() ? "" : ", ") + argument.substr(argument.rfind(' ') + 1);
      begin = end + 1;
    }
    return out;
  }

  const Unit& unit_;
  Text out_;
  std::string prefix_;
};

std::string emit(const Unit& unit) { return CWriter(unit).run(); }

}  // namespace

Backend c() { return {"c", "a C header with its implementation (C++20) inside, for libraries and other languages", ".ntk.h", emit}; }

}  // namespace ntkc::backends
