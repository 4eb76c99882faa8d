"""What tests of the repository need many of, and quickly.

debs.py one FILE              a .deb whose control file is stdin
debs.py each                  the same for many: lines of FILE, a tab and its control file
                              as printf(1) takes it
debs.py many DIR FROM TO      small ones, described as real packages are
debs.py whole DIR             1, and why, unless all that DIR/Release and DIR/InRelease
                              name lies in by-hash
debs.py watch DIR FILE        the same until killed; what was wrong goes to FILE, and how
                              often it looked
"""
import hashlib, io, os, random, signal, sys, tarfile


def member(name, data):
    head = '%-16s%-12d%-6d%-6d%-8s%-10d`\n' % (name, 0, 0, 0, '100644', len(data))
    return head.encode() + data + b'\n' * (len(data) % 2)


def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=tarfile.USTAR_FORMAT) as t:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def deb(path, control):
    with open(path, 'wb') as f:
        f.write(b'!<arch>\n' + member('debian-binary', b'2.0\n') +
                member('control.tar', tar([('./control', control)])) + member('data.tar', tar([])))


def many(where, first, last):
    rnd = random.Random(4)
    words = [''.join(rnd.choice('abcdefghijklmnopqrstuvwxyz') for _ in range(rnd.randint(3, 9)))
             for _ in range(2000)]
    for n in range(first, last):
        rnd.seed(n)
        name = '%s-%d' % (rnd.choice(words), n)
        version = '%d.%d-%d' % (rnd.randint(0, 9), rnd.randint(0, 30), rnd.randint(0, 4))
        text = ' '.join(rnd.choice(words) for _ in range(8))
        deb('%s/%s_%s_amd64.deb' % (where, name, version), (
            'Package: %s\nVersion: %s\nArchitecture: amd64\nSection: misc\n'
            'Maintainer: A Builder <a@b.invalid>\nInstalled-Size: %d\nDepends: %s\n'
            'Description: %s\n %s\n' % (
                name, version, rnd.randint(10, 99999),
                ', '.join(rnd.choice(words) for _ in range(rnd.randint(1, 12))), text, text)).encode())


def wrong(where):
    """Why the index is not whole; nothing when it is."""
    for release in 'Release', 'InRelease':
        try:
            with open('%s/%s' % (where, release)) as f:
                lines = f.read().split('\n')
        except FileNotFoundError:
            continue
        named = [line.split() for line in lines[lines.index('SHA256:') + 1:] if line.startswith(' ')]
        if sorted(n[2] for n in named) != ['Packages', 'Packages.xz']:
            return '%s names %s' % (release, named)
        for digest, size, name in named:
            try:
                with open('%s/by-hash/SHA256/%s' % (where, digest), 'rb') as f:
                    data = f.read()
            except FileNotFoundError:
                return '%s: %s, %s is not there' % (release, name, digest)
            if hashlib.sha256(data).hexdigest() != digest or len(data) != int(size):
                return '%s: %s is another file' % (release, name)
    if not os.path.exists('%s/Release' % where):
        return 'no Release'
    return ''


def watch(where, to):
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(1))
    seen = 0
    with open(to, 'w') as out:
        while not ended:
            why = wrong(where)
            if why:
                print(why, file=out)
            seen += 1
        print('seen', seen, file=out)


what, args = sys.argv[1], sys.argv[2:]
if what == 'one':
    deb(args[0], sys.stdin.buffer.read())
elif what == 'each':
    for line in sys.stdin:
        path, control = line.rstrip('\n').split('\t')
        deb(path, control.encode().decode('unicode_escape').encode())
elif what == 'many':
    many(args[0], int(args[1]), int(args[2]))
elif what == 'whole':
    why = wrong(args[0])
    if why:
        print('# ' + why)
        sys.exit(1)
elif what == 'watch':
    watch(*args)
