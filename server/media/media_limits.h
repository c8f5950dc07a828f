/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is taken in, as the instance entities advertise it. */
#ifndef COMPTOIR_SERVER_MEDIA_MEDIA_LIMITS_H
#define COMPTOIR_SERVER_MEDIA_MEDIA_LIMITS_H

#define MEDIA_MAX_IMAGE_BYTES (16 * 1024 * 1024)       /* more: 422 */
#define MEDIA_MAX_FILE_BYTES (40 * 1024 * 1024)        /* video and sound; more: 413 before it is read */
#define MEDIA_MAX_PIXELS 33177600                      /* of an image, or of all frames of an animation times two */
#define MEDIA_MAX_ATTACHMENTS 4                        /* of a post */
#define MEDIA_BODY_BYTES (MEDIA_MAX_FILE_BYTES + 64 * 1024) /* with the rest of the form */

/* Pictures: larger ones are made smaller. */
#define MEDIA_KEPT_PIXELS 8294400                      /* 3840 x 2160 */
#define MEDIA_PREVIEW_PIXELS 230400                    /* 640 x 360 */

#endif
