/*! jQuery v3.6.1 | (c) OpenJS Foundation and other contributors | jquery.org/license */
