# SPDX-License-Identifier: Apache-2.0
# Tests by glob. tests/unit/<layer>/test_*.c and tests/{conformance,fault,model,golden,api,e2e}/test_*.c become one
# executable each, linked with the archive so that internals are reachable. A line "/* ctest: slow */" adds the label slow, which
# keeps a test out of the sanitized round of tests/run.sh.

# ARCORE_SOAK=1 in the environment while configuring: the rounds of tests that are else sampled are registered whole. (The programs
# read it themselves, when they run.)
set(ARCORE_SOAK FALSE)
set(patience 900) # seconds a test may take
if(DEFINED ENV{ARCORE_SOAK} AND NOT "$ENV{ARCORE_SOAK}" MATCHES "^0?$")
    set(ARCORE_SOAK TRUE)
    set(patience 14400)
endif()

find_package(PkgConfig REQUIRED)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
find_program(ARCORE_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(ARCORE_PYTHON python3 REQUIRED)

file(GLOB support_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.c)
set(ARCORE_TEST_LIBRARIES)
if(TARGET arcore_testkit_static)
    list(APPEND ARCORE_TEST_LIBRARIES arcore_testkit_static)
endif()
if(TARGET arcore_postgresql_static)
    list(APPEND ARCORE_TEST_LIBRARIES arcore_postgresql_static)
endif()
if(TARGET arcore_sodium_static)
    list(APPEND ARCORE_TEST_LIBRARIES arcore_sodium_static)
endif()
list(APPEND ARCORE_TEST_LIBRARIES arcore_static SQLite::SQLite3 PkgConfig::CJSON PkgConfig::EXPAT PkgConfig::CMOCKA Threads::Threads)

set(ARCORE_TEST_DEFINITIONS _POSIX_C_SOURCE=200809L ARCORE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    ARCORE_BINARY_DIR="${PROJECT_BINARY_DIR}")
if(TARGET arcore_postgresql_static)
    list(APPEND ARCORE_TEST_DEFINITIONS ARCORE_HAVE_POSTGRESQL=1)
endif()
if(TARGET arcore_sodium_static)
    list(APPEND ARCORE_TEST_DEFINITIONS ARCORE_HAVE_SODIUM=1)
endif()

# The programs of the tests are compiled as they stand - the time goes into what they call -, but for the models and the failing disk, which work hard themselves. Builds
# for release optimise them and look at them with the warnings that come of it.
set(ARCORE_TEST_OPTIONS ${ARCORE_WARNINGS} $<$<CONFIG:Debug>:-O0>)

if(support_sources)
    add_library(arcore_test_support STATIC ${support_sources})
    target_include_directories(arcore_test_support PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/lib
        ${PROJECT_SOURCE_DIR}/tests)
    target_compile_options(arcore_test_support PRIVATE ${ARCORE_WARNINGS})
    target_compile_definitions(arcore_test_support PRIVATE ${ARCORE_TEST_DEFINITIONS})
    target_link_libraries(arcore_test_support PUBLIC ${ARCORE_TEST_LIBRARIES})
    list(PREPEND ARCORE_TEST_LIBRARIES arcore_test_support)
endif()

function(arcore_test name source label)
    add_executable(${name} ${source})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/lib
        ${PROJECT_SOURCE_DIR}/tests)
    if(label STREQUAL "model")
        target_compile_options(${name} PRIVATE ${ARCORE_WARNINGS})
    else()
        target_compile_options(${name} PRIVATE ${ARCORE_TEST_OPTIONS})
    endif()
    target_compile_definitions(${name} PRIVATE ${ARCORE_TEST_DEFINITIONS})
    target_link_libraries(${name} PRIVATE ${ARCORE_TEST_LIBRARIES})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    file(STRINGS ${source} slow REGEX "^/\\* ctest: slow \\*/")
    if(slow)
        list(APPEND label slow)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${label}" TIMEOUT ${patience})
endfunction()

file(GLOB unit_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/*/test_*.c)
foreach(source IN LISTS unit_tests)
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(GET folder FILENAME layer)
    cmake_path(GET source STEM stem)
    string(REGEX REPLACE "^test_" "" topic ${stem})
    arcore_test(unit_${layer}_${topic} ${source} unit)
endforeach()

foreach(kind conformance fault model golden api e2e)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${kind}/test_*.c)
    foreach(source IN LISTS sources)
        cmake_path(GET source STEM stem)
        string(REGEX REPLACE "^test_" "" topic ${stem})
        arcore_test(${kind}_${topic} ${source} ${kind})
    endforeach()
endforeach()

# The public interface once more, with books on PostgreSQL where else they are in memory. Left out are
# - oom*, bulk_memory, store_json, session: they count memory, describe one backend or count its handles;
# - any_backend, copy, sealed, dump, export, import*, backup, inside, moved, ledger, custom, arrow, aging_plan, *_processes, series_crash: they open books by URIs or servers of their own;
# - feed, known, credit_limit: they look at seals right behind a commit, which a sealer makes on a server;
# - outputs, request, voucher, waits, chain_request: they name ids, which have gaps on a server behind what was undone (conformance_postgresql_trips compares dumps, where ids are ranks).
# `later`: programs that ask the store for nothing that others of them do not ask for as well; these come in the long run alone.
# `helped`: programs whose books are opened by what they include.
set(later "access|access_fields|access_roles|access_rows|action_kinds|alloc_details|alloc_properties|alloc_settle|attachment|backtest_rights|bill_parts|closed_days")
string(APPEND later "|decision|docs_proposal|episode|external|journal|last_receipt|marks|revaluation|settle_order|settle_properties|settle_time|settle_two|template")
string(APPEND later "|validation|verify_fields|verify_ledger|voucher_events|words")
set(helped "chain_contract|chain_order|credit_chain|credit_check|credit_red|default_title|invoice_series|rule")
set(helped_later "backtest|bill_crowd|chain_advance|chain_consolidated|chain_contracts|chain_plan|chain_tracking|chain_uses|chain_void|credit|credit_days|credit_edges|credit_kinds")
string(APPEND helped_later "|credit_lines|credit_random|definition_preview|invoice_codes|invoice_issue|invoice_parts|invoice_preview|request_told|rule_erased|rule_faults|rule_late|rule_order")
string(APPEND helped_later "|rule_proof|rule_reject|rule_run|rule_unit|states|transitions|void_together")
if(ARCORE_SOAK)
    string(APPEND helped "|${helped_later}")
endif()
if(TARGET arcore_postgresql_static)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/api/test_*.c)
    list(FILTER sources EXCLUDE REGEX "/test_(oom[a-z_]*|access_oom|bulk_memory|any_backend|sealed|store_json|session|feed|outputs|request|voucher|waits|copy)\\.c$")
    if(NOT ARCORE_SOAK)
        list(FILTER sources EXCLUDE REGEX "/test_(${later})\\.c$")
    endif()
    foreach(source IN LISTS sources)
        file(STRINGS ${source} opens REGEX "test_book_open|people_open|open_book\\(&")
        cmake_path(GET source STEM stem)
        string(REGEX REPLACE "^test_" "" topic ${stem})
        if(NOT opens AND NOT topic MATCHES "^(${helped})$")
            continue()
        endif()
        add_test(NAME postgresql_${topic} COMMAND api_${topic} WORKING_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
        set_tests_properties(postgresql_${topic} PROPERTIES LABELS "postgresql;slow" TIMEOUT ${patience} SKIP_RETURN_CODE 77
            ENVIRONMENT ARCORE_BOOKS=postgresql)
    endforeach()
endif()

# Books of these tests once more, each rebuilt from its events before it is closed. Left out are tests that damage their books. The second list, whose
# kinds of rows the first one writes too, in the long run alone.
set(rebuilt api_alloc_life api_bill_parts api_chain_order api_credit_kinds api_custom_query api_episode api_external api_fx api_invoice_life api_invoice_parts api_journal api_ledger api_marks
    api_period api_proposal api_revaluation api_settle_many api_two_persons api_validation api_voucher model_life)
set(rebuilt_later api_alloc_details api_bill api_chain_contract api_chain_plan api_chain_request api_chain_uses api_credit api_credit_red api_invoice_issue api_pending
    api_settle_order api_settle_time api_statement api_waits)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    foreach(name IN LISTS rebuilt rebuilt_later)
        if(NOT TARGET ${name})
            message(FATAL_ERROR "${name} is no test any more: tests.cmake names it among those whose books are rebuilt")
        endif()
        if(name IN_LIST rebuilt_later AND NOT ARCORE_SOAK)
            continue()
        endif()
        target_link_options(${name} PRIVATE -Wl,--wrap=arc_book_close)
        add_test(NAME rebuilt_${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
        set_tests_properties(rebuilt_${name} PROPERTIES LABELS "rebuilt;slow" TIMEOUT ${patience} SKIP_RETURN_CODE 77 ENVIRONMENT "ARCORE_REBUILT=1;ARCORE_MODEL_SEED=17")
    endforeach()
endif()

# ---- lint ------------------------------------------------------------------------------------------------------------
function(arcore_lint name)
    add_test(NAME lint_${name} COMMAND ${ARCORE_PYTHON} -B ${ARGN})
    set_tests_properties(lint_${name} PROPERTIES LABELS lint TIMEOUT 300 SKIP_RETURN_CODE 77)
endfunction()

function(arcore_abi name)
    add_test(NAME abi_${name} COMMAND ${ARCORE_PYTHON} -B ${ARGN})
    set_tests_properties(abi_${name} PROPERTIES LABELS "lint;abi" TIMEOUT 300 SKIP_RETURN_CODE 77)
endfunction()

set(lint ${PROJECT_SOURCE_DIR}/tests/lint)
foreach(check layers size licence words)
    arcore_lint(${check} ${lint}/sources.py ${PROJECT_SOURCE_DIR} ${check})
endforeach()
foreach(check alone docs writers access)
    arcore_lint(headers_${check} ${lint}/headers.py ${PROJECT_SOURCE_DIR} ${check} ${PROJECT_BINARY_DIR})
endforeach()
foreach(check names links quotes errors prove)
    arcore_lint(docs_${check} ${lint}/docs.py ${PROJECT_SOURCE_DIR} ${check})
endforeach()
# A sanitized library cannot be linked by a plain compiler, and instrumentation has imports of its own.
if(NOT ARCORE_SANITIZE AND NOT CMAKE_SHARED_LINKER_FLAGS MATCHES "coverage")
    arcore_lint(headers_init ${lint}/headers.py ${PROJECT_SOURCE_DIR} init ${PROJECT_BINARY_DIR})
    arcore_lint(exports ${lint}/exports.py ${PROJECT_SOURCE_DIR} $<TARGET_FILE:arcore>
        ${PROJECT_SOURCE_DIR}/lib/arcore.map)
    foreach(library arcore_testkit arcore_postgresql arcore_sodium)
        if(TARGET ${library})
            arcore_lint(exports_${library} ${lint}/exports.py ${PROJECT_SOURCE_DIR} $<TARGET_FILE:${library}>
                ${PROJECT_SOURCE_DIR}/lib/${library}.map)
        endif()
    endforeach()

    # ---- the binary interface --------------------------------------------------------------------------------------
    set(libraries)
    foreach(library arcore arcore_testkit arcore_postgresql arcore_sodium)
        if(TARGET ${library})
            list(APPEND libraries $<TARGET_FILE:${library}>)
        endif()
    endforeach()
    foreach(check signatures changelog prove)
        arcore_abi(${check} ${PROJECT_SOURCE_DIR}/tests/abi/abi.py ${PROJECT_SOURCE_DIR} ${check})
    endforeach()
    arcore_abi(libabigail ${PROJECT_SOURCE_DIR}/tests/abi/abi.py ${PROJECT_SOURCE_DIR} libabigail ${libraries})

    add_test(NAME abi_frozen COMMAND sh ${PROJECT_SOURCE_DIR}/tests/abi/frozen.sh ${PROJECT_BINARY_DIR})
    set_tests_properties(abi_frozen PROPERTIES LABELS "lint;abi" TIMEOUT 600 SKIP_RETURN_CODE 77)

    # ---- installation ----------------------------------------------------------------------------------------------
    set(components)
    foreach(component testkit postgresql sodium)
        if(TARGET arcore_${component})
            list(APPEND components ${component})
        endif()
    endforeach()
    add_test(NAME install COMMAND sh ${PROJECT_SOURCE_DIR}/tests/install/install.sh ${PROJECT_BINARY_DIR} ${components})
    set_tests_properties(install PROPERTIES LABELS install TIMEOUT 300)
    add_test(NAME install_library COMMAND sh ${PROJECT_SOURCE_DIR}/tests/install/library.sh ${PROJECT_SOURCE_DIR})
    set_tests_properties(install_library PROPERTIES LABELS install TIMEOUT 600 PROCESSORS 2)
    add_test(NAME install_reproducible COMMAND sh ${PROJECT_SOURCE_DIR}/tests/install/reproducible.sh ${PROJECT_SOURCE_DIR}
        ${CMAKE_C_COMPILER})
    set_tests_properties(install_reproducible PROPERTIES LABELS "install;slow" TIMEOUT ${patience} PROCESSORS 2)
endif()

# ---- command line tool -----------------------------------------------------------------------------------------------------
if(TARGET arcore_cli)
    # The tool with a schema one version newer, to whom today's books are old ones.
    file(GLOB cli_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bindings/cli/*.c)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/model/tables.c)
    file(READ ${PROJECT_SOURCE_DIR}/lib/model/tables.c tables)
    string(REPLACE "desc.version = ARCI_SCHEMA_VERSION" "desc.version = ARCI_SCHEMA_VERSION + 1" tables "${tables}")
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/tests/tables_next.c CONTENT "${tables}" @ONLY)
    add_executable(arcore_cli_next ${cli_sources} ${PROJECT_BINARY_DIR}/tests/tables_next.c)
    set_target_properties(arcore_cli_next PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    target_include_directories(arcore_cli_next PRIVATE ${PROJECT_SOURCE_DIR}/lib)
    target_compile_definitions(arcore_cli_next PRIVATE _DEFAULT_SOURCE)
    target_link_libraries(arcore_cli_next PRIVATE arcore_static PkgConfig::CJSON PkgConfig::EXPAT)
    foreach(group Everyday People Trail Rules WrongInput Output Interrupted PostgreSQL OneTable Guide)
        string(TOLOWER ${group} name)
        add_test(NAME cli_${name} COMMAND ${ARCORE_PYTHON} -B ${PROJECT_SOURCE_DIR}/tests/cli/test_cli.py $<TARGET_FILE:arcore_cli> ${group})
        if(group MATCHES "^(OneTable|Guide|Interrupted)$") # little of them is the tool's own work
            set(label "cli;slow")
        else()
            set(label cli)
        endif()
        set_tests_properties(cli_${name} PROPERTIES LABELS "${label}" TIMEOUT 600 SKIP_RETURN_CODE 77
            ENVIRONMENT ARCORE_CLI_NEXT=$<TARGET_FILE:arcore_cli_next>)
    endforeach()
endif()
