/* empty.c - a shared library that is not a plug-in. */
int empty_plugin_has_nothing(void);
int empty_plugin_has_nothing(void)
{
    return 0;
}
