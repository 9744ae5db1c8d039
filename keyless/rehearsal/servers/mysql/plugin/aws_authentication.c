/* The stand-in of AWSAuthenticationPlugin, for rehearsals and tests only.

   It asks the client for mysql_clear_password and accepts exactly the key in the server's environment. The gate in front
   of the server judges the client's token, and sends the key in its place. Compiled with -DMARIADB or -DMYSQL, without
   headers and without a C library: the declarations below are the parts of both servers' plugin_auth.h that it needs. */

enum { ERROR = 0, OK = -1 };
enum { AUTHENTICATION_PLUGIN = 7, GPL = 1, KEY_LENGTH = 64, MARKER_LENGTH = 3 };
static const char MARKER[] = "RDS";             /* IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' */
static const char KEY_VARIABLE[] = "KEYLESS_GATE_KEY=";

struct channel {
  int (*read_packet)(struct channel *, unsigned char **packet);
  int (*write_packet)(struct channel *, const unsigned char *packet, int length);
  void (*info)(void);
};

struct login {
  const char *user;
  unsigned user_length;
  const char *string;                           /* what follows AS */
  unsigned long string_length;
};

extern char **environ;

/* Takes the same time wherever they differ. */
static int same(const char *one, const char *other, int length) {
  int difference = 0;
  while (length--) difference |= *one++ ^ *other++;
  return !difference;
}

static int begins(const char *text, const char *start) {
  while (*start) if (*text++ != *start++) return 0;
  return 1;
}

static int length_of(const char *text) {
  int length = 0;
  while (text[length]) length++;
  return length;
}

static int is_marker(const char *text, unsigned long length) {
  return length == MARKER_LENGTH && same(text, MARKER, MARKER_LENGTH);
}

/* Null where the environment has none of the right length: then nobody gets in. */
static const char *key(void) {
  char **entry;
  for (entry = environ; *entry; entry++)
    if (begins(*entry, KEY_VARIABLE)) {
      const char *value = *entry + sizeof KEY_VARIABLE - 1;
      return length_of(value) == KEY_LENGTH ? value : 0;
    }
  return 0;
}

static int authenticate(struct channel *channel, struct login *login) {
  unsigned char *packet;
  const char *expected = key();
  int length = channel->read_packet(channel, &packet);
  if (length == KEY_LENGTH + 1 && !packet[KEY_LENGTH]) length--;  /* clients end it with a zero byte */
  if (!expected || length != KEY_LENGTH || !is_marker(login->string, login->string_length)) return ERROR;
  return same((const char *)packet, expected, KEY_LENGTH) ? OK : ERROR;
}

#ifdef MARIADB

/* Called with what follows BY or AS: no password, only the marker. */
static int prepare(const char *text, unsigned long length, unsigned char *out, unsigned long *out_length) {
  int i;
  if (!is_marker(text, length)) return 1;
  for (i = 0; i < MARKER_LENGTH; i++) out[i] = text[i];
  *out_length = MARKER_LENGTH;
  return 0;
}

static struct {
  int interface_version;
  const char *client_plugin;
  int (*authenticate)(struct channel *, struct login *);
  void *hash_password;
  int (*preprocess_hash)(const char *, unsigned long, unsigned char *, unsigned long *);
} information = {0x0202, "mysql_clear_password", authenticate, 0, prepare};

struct plugin {
  int type; void *information; const char *name, *author, *description; int license;
  void *init, *deinit; unsigned version; void *status, *variables; const char *version_text; int maturity;
};

int _maria_plugin_interface_version_ = 0x010f;
int _maria_sizeof_struct_st_plugin_ = sizeof(struct plugin);
struct plugin _maria_plugin_declarations_[] = {
  {AUTHENTICATION_PLUGIN, &information, "AWSAuthenticationPlugin", "a stand-in", "for rehearsals", GPL,
   0, 0, 0x100, 0, 0, "1.0", 5},
  {0}
};

#else

static int generate(char *out, unsigned *out_length, const char *in, unsigned length) {
  unsigned i;
  if (length > *out_length) return 1;
  for (i = 0; i < length; i++) out[i] = in[i];
  *out_length = length;
  return 0;
}

static int validate(char *text, unsigned length) { return !is_marker(text, length); }

static int salt(const char *text, unsigned length, unsigned char *out, unsigned char *out_length) {
  (void)text; (void)length; (void)out;
  *out_length = 0;
  return 0;
}

static struct {
  int interface_version;
  const char *client_plugin;
  int (*authenticate)(struct channel *, struct login *);
  int (*generate)(char *, unsigned *, const char *, unsigned);
  int (*validate)(char *, unsigned);
  int (*salt)(const char *, unsigned, unsigned char *, unsigned char *);
  unsigned long flags;
  void *compare;
} information = {0x0201, "mysql_clear_password", authenticate, generate, validate, salt, 0, 0};

struct plugin {
  int type; void *information; const char *name, *author, *description; int license;
  void *init, *check_uninstall, *deinit; unsigned version; void *status, *variables, *reserved; unsigned long flags;
};

int _mysql_plugin_interface_version_ = 0x010b;
int _mysql_sizeof_struct_st_plugin_ = sizeof(struct plugin);
struct plugin _mysql_plugin_declarations_[] = {
  {AUTHENTICATION_PLUGIN, &information, "AWSAuthenticationPlugin", "a stand-in", "for rehearsals", GPL},
  {0}
};

#endif
