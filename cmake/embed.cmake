# cmake -D OUT=FILE.c -D "HEADER=output/assets.h" -P embed.cmake -- NAME=FILE...: writes each FILE's bytes as the slice NAME and their
# digest as NAME_SHA256, which HEADER declares.
set(text "#include \"${HEADER}\"\n")
set(is_file FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
    set(argument "${CMAKE_ARGV${i}}")
    if(is_file AND argument MATCHES "^([A-Z_]+)=(.+)$")
        set(name ${CMAKE_MATCH_1})
        set(path "${CMAKE_MATCH_2}") # the next match takes its place
        file(SHA256 "${path}" digest)
        string(REGEX REPLACE "(..)" "0x\\1," digest "${digest}")
        file(READ "${path}" bytes HEX)
        string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
        string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes
            "${bytes}")
        string(APPEND text "\nstatic const unsigned char BYTES_OF_${name}[] = {\n${bytes}};\n"
            "const struct slice ${name} = {(const char *)BYTES_OF_${name}, sizeof BYTES_OF_${name}};\n"
            "const unsigned char ${name}_SHA256[SHA256_SIZE] = {${digest}};\n")
    elseif(argument STREQUAL "--")
        set(is_file TRUE)
    endif()
endforeach()
file(WRITE "${OUT}" "${text}")
