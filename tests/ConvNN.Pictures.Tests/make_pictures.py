"""
Writes Pictures/: small files of every kind that can be read, and what Pillow (libjpeg, libpng) reads from them.

pictures.json has for each file its size and channels, and the SHA-256 of its pixels [height, width, channels], upright and
on white. The pixels of JPEG files, which decoders may round in their own ways, are kept whole beside them, as PGM or PPM.

Needs Pillow: python3 make_pictures.py
"""
import hashlib
import io
import json
import os
import random
import struct
import zlib

from PIL import Image, ImageOps

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'Pictures')
W, H = 37, 23


def scene(width=W, height=H):
    """Smooth colours, a hard edge, and some noise."""
    draw = random.Random(7)
    image = Image.new('RGB', (width, height))
    for y in range(height):
        for x in range(width):
            inside = (x - width * 0.6) ** 2 + (y - height * 0.4) ** 2 < (height * 0.3) ** 2
            color = (230, 40, 60) if inside else (x * 255 // width, y * 255 // height, 255 - (x + y) * 255 // (width + height))
            image.putpixel((x, y), tuple(max(0, min(255, c + draw.randrange(-6, 7))) for c in color))
    return image


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, width, height, color, depth, interlaced=False, palette=None, trns=None, exif=None):
    """A PNG by the letter of the format; samples [height][width] are tuples of channels."""
    def pack(row):
        bits = ''.join(format(v, f'0{depth}b') for pixel in row for v in pixel)
        bits += '0' * (-len(bits) % 8)
        return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))

    rows = b''
    for x0, y0, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        for y in range(y0, height, dy):
            row = samples[y][x0::dx]
            if row:
                rows += b'\0' + pack(row)
    header = struct.pack('>IIBBBBB', width, height, depth, color, 0, 0, int(interlaced))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + (chunk(b'eXIf', exif) if exif else b'') + (chunk(b'PLTE', palette) if palette else b'')
            + (chunk(b'tRNS', trns) if trns else b'') + chunk(b'IDAT', zlib.compress(rows, 9)) + chunk(b'IEND', b''))


def exif(orientation):
    return b'MM\0*\0\0\0\x08' + struct.pack('>HHHIHHI', 1, 0x0112, 3, 1, orientation, 0, 0)


def saved(image, **options):
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


files = {}
rgb = scene()
grey = rgb.convert('L')
pixels = [[rgb.getpixel((x, y)) for x in range(W)] for y in range(H)]
greys = [[(grey.getpixel((x, y)),) for x in range(W)] for y in range(H)]
alpha = [[(x * 7 + y * 3) % 256 for x in range(W)] for y in range(H)]
wide = lambda v: v * 257 // 1 if v in (0, 255) else (v << 8) | ((v * 37) & 255)
for interlaced in (False, True):
    name = '-interlaced' if interlaced else ''
    for depth in (1, 2, 4, 8, 16):
        values = [[(wide(v) if depth == 16 else v >> (8 - depth),) for (v,) in row] for row in greys]
        files[f'grey{depth}{name}.png'] = png(values, W, H, 0, depth, interlaced)
    files[f'rgb8{name}.png'] = png(pixels, W, H, 2, 8, interlaced)
    files[f'rgb16{name}.png'] = png([[tuple(map(wide, p)) for p in row] for row in pixels], W, H, 2, 16, interlaced)
    for depth in (1, 2, 4, 8):
        colors = bytes(v for i in range(1 << depth) for v in ((i * 53) % 256, (i * 91 + 7) % 256, (i * 17 + 99) % 256))
        index = [[(v >> (8 - depth),) for (v,) in row] for row in greys]
        files[f'palette{depth}{name}.png'] = png(index, W, H, 3, depth, interlaced, palette=colors)
        files[f'palette{depth}-trns{name}.png'] = png(index, W, H, 3, depth, interlaced, palette=colors, trns=bytes([0, 128][:1 << depth]))
    files[f'greyalpha8{name}.png'] = png([[(v, a) for (v,), a in zip(*r)] for r in zip(greys, alpha)], W, H, 4, 8, interlaced)
    files[f'greyalpha16{name}.png'] = png([[(wide(v), wide(a)) for (v,), a in zip(*r)] for r in zip(greys, alpha)], W, H, 4, 16, interlaced)
    files[f'rgba8{name}.png'] = png([[p + (a,) for p, a in zip(*r)] for r in zip(pixels, alpha)], W, H, 6, 8, interlaced)
    files[f'rgba16{name}.png'] = png([[tuple(map(wide, p + (a,))) for p, a in zip(*r)] for r in zip(pixels, alpha)], W, H, 6, 16, interlaced)
stroke = [[(100 if 5 <= x < 9 and 3 <= y < 20 else 0,) for x in range(W)] for y in range(H)]
files['stroke-trns.png'] = png(stroke, W, H, 0, 8, trns=b'\0\0')
files['stroke-alpha.png'] = png([[(v, 255 if v else 0) for (v,) in row] for row in stroke], W, H, 4, 8)
files['rgb8-trns.png'] = png(pixels, W, H, 2, 8, trns=struct.pack('>HHH', *pixels[3][4]))
files['grey-as-rgb.png'] = png([[v * 3 for v in row] for row in greys], W, H, 2, 8)
files['exif6.png'] = png(pixels, W, H, 2, 8, exif=exif(6))

for name, options in {
    '444': {'subsampling': 0}, '422': {'subsampling': 1}, '420': {'subsampling': 2},
    'progressive': {'progressive': True, 'subsampling': 2}, 'optimized': {'optimize': True}, 'poor': {'quality': 20},
}.items():
    files[f'rgb-{name}.jpg'] = saved(rgb, format='JPEG', **({'quality': 90} | options))
files['grey.jpg'] = saved(grey, format='JPEG', quality=90)
files['grey-progressive.jpg'] = saved(grey, format='JPEG', quality=90, progressive=True)
files['cmyk.jpg'] = saved(rgb.convert('CMYK'), format='JPEG', quality=90)
files['one.jpg'] = saved(rgb.crop((3, 3, 4, 4)), format='JPEG')
files['wide.jpg'] = saved(scene(64, 48), format='JPEG', quality=75)
for orientation in range(1, 9):
    files[f'exif{orientation}.jpg'] = saved(rgb, format='JPEG', quality=90, exif=b'Exif\0\0' + exif(orientation))

files['rgb.bmp'] = saved(rgb, format='BMP')
files['grey.bmp'] = saved(grey, format='BMP')
files['palette.bmp'] = saved(rgb.quantize(50), format='BMP')
files['bits.bmp'] = saved(grey.convert('1'), format='BMP')
rgba = rgb.copy()
rgba.putalpha(Image.frombytes('L', (W, H), bytes(a for row in alpha for a in row)))
files['rgba.bmp'] = saved(rgba, format='BMP')
down = bytearray(files['rgb.bmp'])
line = (W * 3 + 3) // 4 * 4
down[22:26] = struct.pack('<i', -H)
down[54:] = b''.join(files['rgb.bmp'][54 + i * line:54 + (i + 1) * line] for i in reversed(range(H)))
files['top-down.bmp'] = bytes(down)

files['rgb.gif'] = saved(rgb.quantize(60), format='GIF')
files['plain.gif'] = saved(rgb.quantize(60), format='GIF', interlace=False)
files['grey.gif'] = saved(grey, format='GIF')
files['transparent.gif'] = saved(rgb.quantize(60), format='GIF', transparency=3)
files['frames.gif'] = saved(rgb.quantize(60), format='GIF', save_all=True, append_images=[grey.quantize(9)], duration=50)

files['grey.pgm'] = saved(grey, format='PPM')
files['rgb.ppm'] = saved(rgb, format='PPM')


def flat(image):
    """Channels and pixels: upright, on white, in one channel if all colours are grey."""
    image = ImageOps.exif_transpose(image)
    if image.mode == 'I' or image.mode.startswith('I;16'):
        return image.size, 1, bytes(v >> 8 for v in image.getdata())
    if image.mode == 'CMYK':
        image = image.convert('RGB')
    if image.mode == 'LA' or image.mode == 'RGBA' or 'transparency' in image.info or image.mode == 'P':
        image = image.convert('RGBA')
        white = lambda v, a: (v * a + 255 * (255 - a) + 127) // 255
        data = [tuple(white(v, p[3]) for v in p[:3]) for p in image.getdata()]
    else:
        data = list(image.convert('RGB').getdata())
    if all(p[0] == p[1] == p[2] for p in data):
        return image.size, 1, bytes(p[0] for p in data)
    return image.size, 3, bytes(v for p in data for v in p)


os.makedirs(folder, exist_ok=True)
for old in os.listdir(folder):
    os.remove(os.path.join(folder, old))
facts = {}
for name, data in files.items():
    with open(os.path.join(folder, name), 'wb') as file:
        file.write(data)
    image = Image.open(io.BytesIO(data))
    image.load()
    (width, height), channels, values = flat(image)
    facts[name] = {'width': width, 'height': height, 'channels': channels, 'sha256': hashlib.sha256(values).hexdigest()}
    if name.endswith('.jpg'):
        with open(os.path.join(folder, name + ('.pgm' if channels == 1 else '.ppm')), 'wb') as file:
            file.write(b'P%d %d %d 255\n' % (5 if channels == 1 else 6, width, height) + values)
with open(os.path.join(folder, 'pictures.json'), 'w') as file:
    json.dump(facts, file, indent=1)
    file.write('\n')
