# crawler_lazy_library(NAME PREFIX): the target NAME is a library that pkg-config found as PREFIX and that
# src/base/library.h loads, by the name in CRAWLER_<PREFIX>_SONAME, when something first needs it.
#
# Nothing in the program's file tells then what it needs, so the package's dependencies are told by
# CRAWLER_LAZY_PACKAGES, which holds the system's packages with these libraries (Debian).
set(CRAWLER_LAZY_PACKAGES "")

function(crawler_soname out file)
    execute_process(COMMAND "${CMAKE_READELF}" -d "${file}" OUTPUT_VARIABLE dynamic ERROR_QUIET)
    if(NOT dynamic MATCHES "\\(SONAME\\)[^[]*\\[([^]]+)\\]")
        message(FATAL_ERROR "${file} tells no soname; configure with -DCRAWLER_LAZY_LIBRARIES=OFF")
    endif()
    set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

function(crawler_note_package file)
    find_program(DPKG_QUERY dpkg-query)
    if(NOT DPKG_QUERY)
        return()
    endif()
    execute_process(COMMAND "${DPKG_QUERY}" -S "${file}" OUTPUT_VARIABLE owner ERROR_QUIET)
    if(owner MATCHES "^([^:, ]+)")
        set(CRAWLER_LAZY_PACKAGES ${CRAWLER_LAZY_PACKAGES} "${CMAKE_MATCH_1}" PARENT_SCOPE)
    endif()
endfunction()

macro(crawler_lazy_library name prefix)
    add_library(${name} INTERFACE)
    if(CRAWLER_LAZY_LIBRARIES)
        list(GET ${prefix}_LINK_LIBRARIES 0 lazy_file)
        crawler_soname(lazy_soname "${lazy_file}")
        get_filename_component(lazy_folder "${lazy_file}" DIRECTORY)
        crawler_note_package("${lazy_folder}/${lazy_soname}")
        target_include_directories(${name} SYSTEM INTERFACE ${${prefix}_INCLUDE_DIRS})
        target_compile_options(${name} INTERFACE ${${prefix}_CFLAGS_OTHER})
    else()
        set(lazy_soname "")
        target_link_libraries(${name} INTERFACE PkgConfig::${prefix})
    endif()
    target_compile_definitions(${name} INTERFACE CRAWLER_${prefix}_SONAME="${lazy_soname}")
endmacro()
