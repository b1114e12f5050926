# cmake -D OUT=FILE.c -D "HEADER=output/assets.h" -P embed.cmake -- NAME=FILE...: writes each FILE's bytes as the slice NAME, which
# HEADER declares.
set(text "#include \"${HEADER}\"\n")
set(is_file FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
    set(argument "${CMAKE_ARGV${i}}")
    if(is_file AND argument MATCHES "^([A-Z_]+)=(.+)$")
        set(name ${CMAKE_MATCH_1})
        file(READ "${CMAKE_MATCH_2}" bytes HEX)
        string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
        string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes
            "${bytes}")
        string(APPEND text "\nstatic const unsigned char BYTES_OF_${name}[] = {\n${bytes}};\n"
            "const struct slice ${name} = {(const char *)BYTES_OF_${name}, sizeof BYTES_OF_${name}};\n")
    elseif(argument STREQUAL "--")
        set(is_file TRUE)
    endif()
endforeach()
file(WRITE "${OUT}" "${text}")
