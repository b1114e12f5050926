/* The heap against a plain array that does the same. */
#include "base/heap.h"

#include "unit/suite.h"

enum { NODES = 300, STEPS = 100000, MANY = 1000000 };

struct number {
    struct heap_node node;
    int value;
    bool inside;
};

static struct number *number_of(const struct heap_node *node)
{
    return container_of(node, struct number, node);
}

static bool smaller(const struct heap_node *a, const struct heap_node *b)
{
    return number_of(a)->value < number_of(b)->value;
}

START_TEST(empty_heap_has_no_first)
{
    struct heap heap;
    heap_init(&heap, smaller);
    ck_assert_ptr_null(heap_first(&heap));
    ck_assert_ptr_null(heap_pop(&heap));
}
END_TEST

static void assert_first_is_least(const struct heap *heap, const struct number *numbers)
{
    const struct number *least = NULL;
    for (int i = 0; i < NODES; i++)
        if (numbers[i].inside && (!least || numbers[i].value < least->value))
            least = &numbers[i];
    const struct heap_node *first = heap_first(heap);
    ck_assert(!first == !least);
    if (first)
        ck_assert_int_eq(number_of(first)->value, least->value);
}

START_TEST(behaves_as_an_array)
{
    static struct number numbers[NODES];
    struct heap heap;
    heap_init(&heap, smaller);
    unsigned seed = 1;
    for (int step = 0; step < effort(STEPS); step++) {
        struct number *number = &numbers[rand_r(&seed) % NODES];
        if (!number->inside) {
            number->value = rand_r(&seed) % 1000;
            heap_insert(&heap, &number->node);
        } else if (rand_r(&seed) % 2) {
            heap_remove(&heap, &number->node);
        } else {
            number = number_of(heap_pop(&heap));
        }
        number->inside = !number->inside;
        assert_first_is_least(&heap, numbers);
    }
}
END_TEST

/* Ascending, descending and equal keys make the most one-sided trees; nothing may recurse along them. */
static void sort_many(int (*key)(int i))
{
    int many = effort(MANY);
    struct number *numbers = calloc((size_t)many, sizeof *numbers);
    ck_assert_ptr_nonnull(numbers);
    struct heap heap;
    heap_init(&heap, smaller);
    for (int i = 0; i < many; i++) {
        numbers[i].value = key(i);
        heap_insert(&heap, &numbers[i].node);
    }
    int count = 0, last = -1;
    for (struct heap_node *node; (node = heap_pop(&heap)); count++) {
        ck_assert_int_le(last, number_of(node)->value);
        last = number_of(node)->value;
    }
    ck_assert_int_eq(count, many);
    free(numbers);
}

static int ascending(int i)
{
    return i;
}

static int descending(int i)
{
    return MANY - i;
}

static int equal(int i)
{
    (void)i;
    return 1;
}

START_TEST(sorts_a_million)
{
    sort_many(ascending);
    sort_many(descending);
    sort_many(equal);
}
END_TEST

int main(void)
{
    return RUN_TESTS("heap", empty_heap_has_no_first, behaves_as_an_array, sorts_a_million);
}
