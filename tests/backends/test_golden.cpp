#include "units.hpp"

using namespace ntkc;

// The generated text is what people read and review: a change of it should be seen. NTKC_UPDATE_GOLDEN=1 writes it anew.
TEST_CASE("golden texts") {
  const std::filesystem::path folder = std::filesystem::path(NTKC_SOURCE_DIR) / "tests/backends/golden";
  for (const auto& [text, name] : {std::pair<std::string, const char*>{tests::kMlp, "mlp.ntk.hpp"},
                                   {tests::kTanh, "tanh.ntk.hpp"},
                                   {tests::kData, "data.ntk.hpp"},
                                   {tests::relu_text(3), "relu.ntk.hpp"}}) {
    const auto made = backends::find("c++")->emit(tests::unit_of({text.c_str()}));
    if (std::getenv("NTKC_UPDATE_GOLDEN")) {
      std::filesystem::create_directories(folder);
      std::ofstream(folder / name, std::ios::binary) << made;
    }
    INFO(name);
    CHECK(made == tests::read(folder / name));
  }
}

TEST_CASE("the text does not grow with the depth, holds no line over 140 columns, and is the same every time") {
  std::string deep = tests::kMlp;
  deep.replace(deep.find("= 3 ("), 5, "= 1000 (");
  for (const auto& backend : backends::all()) {
    const auto shallow = backend.emit(tests::unit_of({tests::kMlp}));
    const auto made = backend.emit(tests::unit_of({deep.c_str()}));
    CHECK(made.size() < shallow.size() + 40);
    CHECK(made == backend.emit(tests::unit_of({deep.c_str()})));
  }
  const std::string relu = tests::relu_text(3);
  std::istringstream lines(
      backends::find("c++")->emit(tests::unit_of({tests::kMlp, tests::kTanh, tests::kNested, tests::kData, relu.c_str()})));
  for (std::string line; std::getline(lines, line);) {
    CHECK(line.size() <= 140);
    CHECK_FALSE(line.ends_with(' '));
  }
}
