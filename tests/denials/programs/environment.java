/* See variables of who validates, such as keys: in its own environment or that of another process.

Happens: it has none of them.
Answer: []
*/
class Main {
    public static void main(String[] arguments) {
        System.out.println(
            System.getenv().keySet().stream().filter("DENIAL_CANARY"::equals).toList());
    }
}
