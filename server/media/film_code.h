/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How comptoir-film ends when it did not come to run anything; everything else is ffmpeg's own end. */
#ifndef COMPTOIR_SERVER_MEDIA_FILM_CODE_H
#define COMPTOIR_SERVER_MEDIA_FILM_CODE_H

#define FILM_NO_INPUT 124
#define FILM_NO_PROGRAM 125
#define FILM_NO_WALLS 126

#endif
