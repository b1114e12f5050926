/* site.c */
typedef int site_stub;
